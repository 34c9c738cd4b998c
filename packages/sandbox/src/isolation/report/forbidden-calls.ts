import { constants } from 'node:os';
import { systemCallArchitectures } from '../seccomp/architectures.ts';
import { deniedSystemCalls } from '../seccomp/denied-system-calls.ts';
import type { ProgramCall } from './call-program.ts';

/** A call that the filter of system calls refuses, with arguments for which an unfiltered kernel has another answer. */
export interface ForbiddenCall extends ProgramCall {
  /** As people write it. */
  readonly name: string;
  /** What the filter answers. */
  readonly error: number;
}

const { EPERM, ENOSYS } = constants.errno;

/** AF_INET, AF_NETLINK, AF_PACKET and AF_VSOCK of `linux/socket.h`, with a type that each has. */
const socketFamilies = { AF_INET: [2, 1], AF_NETLINK: [16, 3], AF_PACKET: [17, 3], AF_VSOCK: [40, 1] };

/** CLONE_NEWUSER; UFFD_USER_MODE_ONLY; the session's key ring. 0 is PTRACE_TRACEME, or an address that is none. */
const argumentsOfCalls: Readonly<Record<string, readonly number[]>> = {
  unshare: [0x10000000],
  mount: [],
  setns: [],
  io_uring_setup: [],
  clone3: [],
  process_vm_readv: [1],
  name_to_handle_at: [],
  perf_event_open: [],
  userfaultfd: [1],
  keyctl: [0, 0xfffffffd],
  ptrace: [],
};

/** The calls that a trial makes, for a processor architecture (a `process.arch`) that there is a filter for. */
export function listForbiddenCalls(architecture: string): readonly ForbiddenCall[] {
  const target = systemCallArchitectures[architecture];
  if (target === undefined) return [];
  const sockets = Object.entries(socketFamilies).map(([family, values]): ForbiddenCall => ({
    name: `socket(${family})`,
    number: target.socket,
    arguments: values,
    error: EPERM,
  }));
  const denied = deniedSystemCalls.flatMap(({ calls, error }) =>
    Object.entries(calls).flatMap(([name, numbers]): readonly ForbiddenCall[] => {
      const [number, values] = [numbers[target.column], argumentsOfCalls[name]];
      if (number === undefined || values === undefined) return [];
      return [{ name, number, arguments: values, error: error === 'EPERM' ? EPERM : ENOSYS }];
    }),
  );
  return [...sockets, ...denied];
}
