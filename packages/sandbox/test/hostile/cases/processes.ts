import { anyNumber, type HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { space, text, workingDirectory } from '../raw/raw-program.ts';

/** PTRACE_SEIZE of `linux/ptrace.h`: does not stop the process, and ends with who asked for it. */
const seize = 0x4206n;

/** Processes of the host, of others, and the first one of the sandbox. Only signal 0 is ever sent, which does nothing. */
export const processes: readonly HostileCase[] = [
  {
    name: 'signals the host',
    attempt: `return process.kill(scene.hostPid, 0) && 'reached'`,
    denied: 'ESRCH',
    defences: ['process namespace', 'user of its own'],
    heldBy: { 'user of its own': 'EPERM' },
    succeeds: 'reached',
  },
  {
    name: 'looks for the host among the processes',
    attempt: `return fs.readdirSync('/proc').includes(String(scene.hostPid)) ? 'seen' : 'hidden'`,
    denied: 'hidden',
    defences: ['process namespace'],
    succeeds: 'seen',
  },
  {
    name: 'signals every process that it may, bubblewrap outside included',
    attempt: `return process.kill(-1, 0) && 'reached'`,
    denied: 'ESRCH',
    defences: ['process namespace'],
    succeeds: 'reached',
  },
  {
    name: 'traces the first process of the sandbox',
    attempt: [call('ptrace', seize, 1n)],
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: 0,
  },
  {
    name: 'reads the memory of the first process by call',
    attempt: [call('process_vm_readv', 1n, space(16), 1n, space(16), 1n)],
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: 0,
  },
  {
    name: 'reads the memory of the first process by file',
    attempt: `fs.closeSync(fs.openSync('/proc/1/mem', 'r+')); return 'opened'`,
    denied: 'EACCES',
    defences: ['masked /proc'],
    succeeds: 'opened',
  },
  {
    name: 'takes a descriptor from the first process',
    attempt: [call('pidfd_open', 1n), call('pidfd_getfd', { resultOf: 0 }, 2n)],
    denied: 'EPERM',
    defences: ['filter of system calls'],
    succeeds: anyNumber,
  },
  {
    name: 'puts itself before all processes of the machine',
    attempt: `os.setPriority(-20); return 'raised'`,
    denied: 'EACCES',
    defences: ['no privileges'],
    succeeds: 'raised',
  },
  {
    name: 'asks disks to serve it before everybody else',
    // IOPRIO_WHO_PROCESS, itself, IOPRIO_CLASS_RT (ioprio_set(2))
    attempt: [call('ioprio_set', 1n, 0n, 1n << 13n)],
    denied: 'EPERM',
    defences: ['no privileges'],
    succeeds: 0,
  },
  {
    name: 'joins the network of the first process',
    attempt: [call('openat', workingDirectory, text('/proc/1/ns/net')), call('setns', { resultOf: 0 }, 0n)],
    denied: 'EPERM',
    defences: ['filter of system calls', 'no privileges'],
    succeeds: 0,
  },
];
