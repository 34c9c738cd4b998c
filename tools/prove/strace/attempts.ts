import { call } from '../../../packages/sandbox/test/hostile/raw/numbers.ts';
import type { RawCall } from '../../../packages/sandbox/test/hostile/raw/raw-program.ts';

/** A call that a hostile program makes, and what strace(1) has to say of it. */
export interface Attempt {
  readonly what: string;
  readonly call: RawCall;
  /** Of the lines of its process. */
  readonly answer: RegExp;
  readonly bound: string;
}

const refused = (what: string, name: string, ...values: bigint[]): Attempt => ({
  what,
  call: call(name, ...values),
  answer: new RegExp(String.raw`^${name}\(.* = -1 EPERM `),
  bound: 'EPERM',
});

const killed = (what: string, foreignCall: RawCall): Attempt => ({
  what,
  call: foreignCall,
  answer: /SIGSYS/,
  bound: 'killed by SIGSYS',
});

/** getpid(2) by the numbers of the other two ABIs that a kernel for x86-64 may know (syscalls(2)). */
const foreignAbi: readonly Attempt[] = [
  killed('foreign ABI: i386', { number: 20, abi: 'i386' }),
  killed('foreign ABI: x32', { number: 0x40000027 }),
];

const [local, internet, netlink, vsock] = [1n, 2n, 16n, 40n];
const [stream, raw] = [1n, 3n];
const [attach, firstProcess] = [16n, 1n];
const newUserNamespace = 0x10000000n;

/** All are denied but the last, which shows that a denial is not for lack of trying. */
export const attempts: readonly Attempt[] = [
  refused('network: internet', 'socket', internet, stream),
  refused('network: virtual machine', 'socket', vsock, stream),
  refused('network: kernel', 'socket', netlink, raw),
  refused('mount', 'mount'),
  refused('ptrace', 'ptrace', attach, firstProcess),
  refused('memory of others', 'process_vm_readv', firstProcess),
  refused('new namespaces', 'unshare', newUserNamespace),
  refused('other namespaces', 'setns'),
  refused('bpf', 'bpf'),
  refused('keys', 'keyctl'),
  {
    what: 'io_uring',
    call: call('io_uring_setup', 1n),
    answer: /^io_uring_setup\(.* = -1 ENOSYS /,
    bound: 'ENOSYS',
  },
  ...(process.arch === 'x64' ? foreignAbi : []),
  {
    what: 'local socket, allowed',
    call: call('socket', local, stream),
    answer: /^socket\(AF_UNIX, .* = \d+$/,
    bound: 'a descriptor',
  },
];
