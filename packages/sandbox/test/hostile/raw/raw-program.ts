/** A value of a call: a number, memory with these bytes in it, or what an earlier call of the program gave back. */
export type RawValue = bigint | Buffer | { readonly resultOf: number };

/** One system call. JavaScript cannot make calls of its choice, and a compiler is not everywhere. */
export interface RawCall {
  /** Of this architecture; `i386` takes the numbers and the entry of that ABI instead. */
  readonly number: number;
  readonly abi?: 'i386';
  readonly arguments?: readonly RawValue[];
}

/** What a program does: its calls, one after another, or one of them for ever. */
export interface RawProgram {
  readonly calls: readonly RawCall[];
  readonly isEndless?: boolean;
}

/** How an architecture writes a program. Results are kept and written out in 64 bits each, in the order of the calls. */
export interface MachineCode {
  /** `e_machine` of elf(5). */
  readonly machine: number;
  /** Makes a call and keeps its result at this address. */
  call(number: number, values: readonly LaidOutValue[], resultAddress: bigint): Buffer;
  /** Absent where there is no such ABI. */
  callOfI386?(number: number, resultAddress: bigint): Buffer;
  /** Goes back over so many bytes, its own not counted. */
  jumpBack(bytes: number): Buffer;
  readonly numbers: { readonly write: number; readonly exit: number };
}

/** A value when it is known where everything is. */
export type LaidOutValue = { readonly constant: bigint } | { readonly loadFrom: bigint };

/** A C string. */
export function text(content: string): Buffer {
  return Buffer.from(`${content}\0`);
}

/** Memory for what a call writes. */
export function space(bytes: number): Buffer {
  return Buffer.alloc(bytes);
}

/** AT_FDCWD of `linux/fcntl.h`. */
export const workingDirectory = -100n;
