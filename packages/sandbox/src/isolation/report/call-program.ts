import { staticProgram } from './static-program.ts';

/** A system call with up to six arguments; those that are missing are 0. */
export interface ProgramCall {
  readonly number: number;
  readonly arguments: readonly number[];
}

/** A program, and the foreign ABI that its last call is of. */
export interface CallProgram {
  readonly program: Buffer;
  readonly foreignAbi: string | undefined;
}

/** How a processor is told things, beside what elf(5) says. Values are of 32 bits. */
interface MachineCode {
  /** `e_machine` of `linux/elf-em.h`. */
  readonly machine: number;
  readonly makeRoom: (bytes: number) => readonly number[];
  /** A call with these arguments; `stack` stands for the address of the room. Sizes are in bytes. */
  readonly call: (call: {
    readonly number: number;
    readonly arguments: readonly (number | 'stack')[];
  }) => readonly number[];
  /** Stores the result of the last call in the room. */
  readonly store: (offset: number) => readonly number[];
  readonly write: number;
  readonly exit: number;
  /** A call of a foreign ABI, where a program can make one. */
  readonly foreign: { readonly abi: string; readonly call: readonly number[] } | undefined;
}

const bytesOf = (value: number): readonly number[] => [
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  value >>> 24,
];

/** Registers of syscall(2): rdi, rsi, rdx, r10, r8 and r9 by `mov r32, imm32`, which clears the upper half. */
const x64Registers = [[0xbf], [0xbe], [0xba], [0x41, 0xba], [0x41, 0xb8], [0x41, 0xb9]];

const x64: MachineCode = {
  machine: 0x3e,
  makeRoom: (bytes) => [0x48, 0x81, 0xec, ...bytesOf(bytes)],
  call: (call) => [
    ...x64Registers.flatMap((register, index) => {
      const value = call.arguments[index] ?? 0;
      // mov rsi, rsp: the second argument is the only address.
      return value === 'stack' ? [0x48, 0x89, 0xe6] : register.concat(bytesOf(value));
    }),
    0xb8,
    ...bytesOf(call.number),
    0x0f,
    0x05,
  ],
  store: (offset) => [0x89, 0x84, 0x24, ...bytesOf(offset)],
  write: 1,
  exit: 60,
  // getpid of i386, by int 0x80.
  foreign: { abi: 'i386', call: [0xb8, ...bytesOf(20), 0xcd, 0x80] },
};

/** movz and movk into the registers w0 to w5 and w8, then svc (Arm Architecture Reference Manual, C6.2). */
const arm64Move = (register: number, value: number): readonly number[] => [
  ...bytesOf(0x52800000 | ((value & 0xffff) << 5) | register),
  ...bytesOf(0x72a00000 | ((value >>> 16) << 5) | register),
];

const arm64: MachineCode = {
  machine: 0xb7,
  makeRoom: (bytes) => bytesOf(0xd10003ff | (bytes << 10)),
  call: (call) => [
    ...[0, 1, 2, 3, 4, 5].flatMap((register) => {
      const value = call.arguments[register] ?? 0;
      // add xN, sp, #0
      return value === 'stack' ? bytesOf(0x910003e0 | register) : arm64Move(register, value);
    }),
    ...arm64Move(8, call.number),
    ...bytesOf(0xd4000001),
  ],
  store: (offset) => bytesOf(0xb90003e0 | ((offset / 4) << 10)),
  write: 64,
  exit: 93,
  foreign: undefined,
};

const codes: Readonly<Record<string, MachineCode>> = { x64, arm64 };

/**
 * A program of a few hundred bytes that makes calls, writes their results to its output, 32 bits each, and at last makes one of
 * the foreign ABI: JavaScript cannot make calls of its choice. `undefined` for an architecture that it was not written for.
 */
export function buildCallProgram(
  architecture: string,
  calls: readonly ProgramCall[],
): CallProgram | undefined {
  const code = codes[architecture];
  if (code === undefined) return undefined;
  const size = calls.length * 4;
  const text = Buffer.from([
    ...code.makeRoom(Math.ceil(size / 16) * 16),
    ...calls.flatMap((call, index) => [...code.call(call), ...code.store(index * 4)]),
    ...code.call({ number: code.write, arguments: [1, 'stack', size] }),
    ...(code.foreign?.call ?? []),
    ...code.call({ number: code.exit, arguments: [0] }),
  ]);
  return { program: staticProgram(code.machine, text, 'readable'), foreignAbi: code.foreign?.abi };
}
