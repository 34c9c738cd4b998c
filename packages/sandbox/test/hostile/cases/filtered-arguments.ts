import { anyNumber, anyOtherAnswer, type HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { space, text, workingDirectory } from '../raw/raw-program.ts';

const upperHalf = 1n << 32n;
const childEnds = 17n; // SIGCHLD, so that a clone is a fork

/** CLONE_NEW* of `linux/sched.h`, but for that of users. */
const namespaces = {
  'file system': 0x00020000n,
  'control group': 0x02000000n,
  name: 0x04000000n,
  ipc: 0x08000000n,
  process: 0x20000000n,
  network: 0x40000000n,
};
const newUserNamespace = 0x10000000n;

/** A terminal of its own, which it makes the one that controls it; 2 is O_RDWR (pty(7), ioctl_tty(2)). */
const openTerminal = [
  call('setsid'),
  call('openat', workingDirectory, text('/dev/ptmx'), 2n),
  call('ioctl', { resultOf: 1 }, 0x40045431n, space(4)), // TIOCSPTLCK
  call('ioctl', { resultOf: 1 }, 0x5441n, 2n), // TIOCGPTPEER
];

function ontoTerminal(name: string, request: bigint): HostileCase {
  return {
    name,
    attempt: [...openTerminal, call('ioctl', { resultOf: 3 }, request, text('\n'))],
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: anyOtherAnswer,
  };
}

/** Calls that pass or not by what is asked of them, and calls with real work in mind. */
export const filteredArguments: readonly HostileCase[] = [
  {
    name: 'clones itself into a user namespace, where it would be root',
    attempt: [call('clone', newUserNamespace | childEnds)],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no further user namespaces'],
    heldBy: { 'no further user namespaces': 'ENOSPC' },
    succeeds: anyNumber,
  },
  {
    name: 'moves into a user namespace, and writes there whom it maps',
    attempt: [
      call('unshare', newUserNamespace),
      call('openat', workingDirectory, text('/proc/self/uid_map'), 1n),
      call('write', { resultOf: 1 }, text('0 65534 1'), 9n),
    ],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no further user namespaces'],
    succeeds: 9,
  },
  ...Object.entries(namespaces).map(([name, flag]): HostileCase => ({
    name: `clones itself into a ${name} namespace`,
    attempt: [call('clone', flag | childEnds)],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no privileges'],
    succeeds: anyNumber,
  })),
  {
    name: 'mounts a file system',
    attempt: [call('mount', text('none'), text('/tmp'), text('tmpfs'))],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no privileges'],
    succeeds: 0,
  },
  {
    name: 'makes the mounts of its file system writable again',
    // MS_REMOUNT and MS_BIND, without MS_RDONLY.
    attempt: [call('mount', text('none'), text('/plugin'), text(''), 0x1020n)],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no privileges'],
    succeeds: 0,
  },
  // TIOCSTI and TIOCLINUX of `asm-generic/ioctls.h`.
  ontoTerminal('types into a terminal', 0x5412n),
  ontoTerminal('types into a terminal, its request hidden in the upper half', upperHalf | 0x5412n),
  ontoTerminal('pastes into a console', 0x541cn),
  {
    name: 'sees to it that it outlives its host',
    attempt: [call('prctl', 1n, 0n)],
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: 0,
  },
  {
    name: 'has addresses no longer chosen at random',
    attempt: [call('personality', 0x40000n)],
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: 0,
  },
  {
    name: 'asks by the numbers of i386',
    attempt: [{ number: 20, abi: 'i386' }],
    denied: 'SIGSYS',
    defences: ['filter of system calls'],
    succeeds: anyOtherAnswer,
    impossible: process.arch === 'x64' ? undefined : 'this architecture has no such ABI',
  },
  {
    name: 'asks by the numbers of x32',
    attempt: [{ number: 0x40000027 }],
    denied: 'SIGSYS',
    defences: ['filter of system calls'],
    succeeds: anyOtherAnswer,
    impossible: process.arch === 'x64' ? undefined : 'this architecture has no such ABI',
  },
  {
    name: 'reads what the kernel logged',
    // SYSLOG_ACTION_READ_ALL
    attempt: [call('syslog', 3n, space(4096), 4096n)],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no privileges'],
    succeeds: anyNumber,
  },
];
