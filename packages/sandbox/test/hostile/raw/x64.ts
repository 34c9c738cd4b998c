import type { LaidOutValue, MachineCode } from './raw-program.ts';

/** rdi, rsi, rdx, r10, r8 and r9, the arguments of a call (syscall(2)): to load a constant, and to copy rax. */
const registers = [
  { constant: [0x48, 0xbf], copy: [0x48, 0x89, 0xc7] },
  { constant: [0x48, 0xbe], copy: [0x48, 0x89, 0xc6] },
  { constant: [0x48, 0xba], copy: [0x48, 0x89, 0xc2] },
  { constant: [0x49, 0xba], copy: [0x49, 0x89, 0xc2] },
  { constant: [0x49, 0xb8], copy: [0x49, 0x89, 0xc0] },
  { constant: [0x49, 0xb9], copy: [0x49, 0x89, 0xc1] },
];

/** Machine code of x86-64, and of i386 within it. */
export const x64: MachineCode = {
  machine: 0x3e,
  numbers: { write: 1, exit: 60 },
  call: (number, values, resultAddress) =>
    Buffer.concat([
      ...values.map(setArgument),
      moveToEax(number),
      Buffer.from([0x0f, 0x05]),
      storeRax(resultAddress),
    ]),
  callOfI386: (number, resultAddress) =>
    Buffer.concat([moveToEax(number), Buffer.from([0xcd, 0x80]), storeRax(resultAddress)]),
  jumpBack: (bytes) => Buffer.concat([Buffer.from([0xe9]), word(-(bytes + 5))]),
};

function setArgument(value: LaidOutValue, index: number): Buffer {
  const { constant, copy } = registers[index]!;
  if ('constant' in value) return Buffer.concat([Buffer.from(constant), wide(value.constant)]);
  return Buffer.concat([Buffer.from([0x48, 0xa1]), wide(value.loadFrom), Buffer.from(copy)]);
}

const moveToEax = (number: number): Buffer => Buffer.concat([Buffer.from([0xb8]), word(number)]);
const storeRax = (address: bigint): Buffer => Buffer.concat([Buffer.from([0x48, 0xa3]), wide(address)]);

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}

function wide(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}
