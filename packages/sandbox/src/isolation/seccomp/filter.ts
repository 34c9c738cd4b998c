import { constants } from 'node:os';
import { assembleBpf, type BpfLine } from './bpf-assembler.ts';
import {
  lastKnownSystemCall,
  systemCallArchitectures,
  type SystemCallArchitecture,
} from './architectures.ts';
import { deniedSystemCalls } from './denied-system-calls.ts';

/** What the kernel does with a call: `SECCOMP_RET_*` of `linux/seccomp.h`. */
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const fail = (error: number): number => 0x00050000 | error;

/** Offsets into `struct seccomp_data` of `linux/seccomp.h`. Both architectures are little-endian. */
const numberOffset = 0;
const architectureOffset = 4;
/** The low half alone: the kernel cuts these arguments to 32 bits, so a filter that looked at all 64 could be passed. */
const argumentOffset = (index: number): number => 16 + 8 * index;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET of `linux/sched.h`. */
const newNamespaceFlags = 0x7e020000;
const unixSockets = 1;
/** Put characters into the input of a terminal, and so commands into a shell (`asm-generic/ioctls.h`, tty_ioctl(2)). */
const terminalInjections = [0x5412, 0x541c];
/** PR_SET_PDEATHSIG: with it a plugin could undo that it dies with its host. */
const setParentDeathSignal = 1;
/** PER_LINUX, and the question which it is. Others weaken address randomisation or memory protection. */
const plainPersonalities = [0, 0xffffffff];

/**
 * The filter for a processor architecture (a `process.arch`), ready for `bwrap --seccomp`; `undefined` for one it was not
 * written for. Allows by default, because a list of allowed calls would break plugins with each C library; is bounded above by
 * the last call that was looked at; and ends a process that uses a foreign ABI, whose numbers mean other calls.
 */
export function buildSeccompFilter(architecture: string): Buffer | undefined {
  const target = systemCallArchitectures[architecture];
  return target === undefined ? undefined : assembleBpf(describeFilter(target));
}

function describeFilter(target: SystemCallArchitecture): readonly BpfLine[] {
  return [
    { load: architectureOffset },
    { jump: 'equal', value: target.auditArchitecture, no: 'kill' },
    { load: numberOffset },
    ...(target.foreignAbiBit === undefined
      ? []
      : [{ jump: 'anyBit', value: target.foreignAbiBit, yes: 'kill' } as const]),
    { jump: 'greater', value: lastKnownSystemCall, yes: 'ENOSYS' },
    ...deniedSystemCalls.flatMap(({ calls, error }) =>
      Object.values(calls).flatMap((numbers) => {
        const value = numbers[target.column];
        return value === undefined ? [] : [{ jump: 'equal', value, yes: error } as const];
      }),
    ),
    { jump: 'equal', value: target.socket, yes: 'socket' },
    { jump: 'equal', value: target.socketpair, yes: 'socket' },
    { jump: 'equal', value: target.clone, yes: 'clone' },
    { jump: 'equal', value: target.ioctl, yes: 'ioctl' },
    { jump: 'equal', value: target.prctl, yes: 'prctl' },
    { jump: 'equal', value: target.personality, yes: 'personality', no: 'allow' },

    { label: 'socket' },
    { load: argumentOffset(0) },
    { jump: 'equal', value: unixSockets, yes: 'allow', no: 'EPERM' },

    { label: 'clone' },
    { load: argumentOffset(0) },
    { jump: 'anyBit', value: newNamespaceFlags, yes: 'EPERM', no: 'allow' },

    { label: 'ioctl' },
    { load: argumentOffset(1) },
    ...terminalInjections.map((value) => ({ jump: 'equal', value, yes: 'EPERM' }) as const),
    { answer: allow },

    { label: 'prctl' },
    { load: argumentOffset(0) },
    { jump: 'equal', value: setParentDeathSignal, yes: 'EPERM', no: 'allow' },

    { label: 'personality' },
    { load: argumentOffset(0) },
    ...plainPersonalities.map((value) => ({ jump: 'equal', value, yes: 'allow' }) as const),

    { label: 'EPERM' },
    { answer: fail(constants.errno.EPERM) },
    { label: 'ENOSYS' },
    { answer: fail(constants.errno.ENOSYS) },
    { label: 'allow' },
    { answer: allow },
    { label: 'kill' },
    { answer: killProcess },
  ];
}
