import type { LaidOutValue, MachineCode } from './raw-program.ts';

/** x8 holds the number of a call and x0 to x5 its arguments (syscall(2)); x9 is free. */
const [numberRegister, freeRegister] = [8, 9];

/** Machine code of aarch64. */
export const arm64: MachineCode = {
  machine: 0xb7,
  numbers: { write: 64, exit: 93 },
  call: (number, values, resultAddress) =>
    instructions([
      ...values.flatMap(setArgument),
      ...loadConstant(numberRegister, BigInt(number)),
      0xd4000001, // svc #0
      ...loadConstant(freeRegister, resultAddress),
      0xf9000000 | (freeRegister << 5), // str x0, [x9]
    ]),
  jumpBack: (bytes) => instructions([0x14000000 | (-(bytes / 4) & 0x03ffffff)]),
};

function setArgument(value: LaidOutValue, register: number): readonly number[] {
  if ('constant' in value) return loadConstant(register, value.constant);
  // ldr register, [x9]
  return [...loadConstant(freeRegister, value.loadFrom), 0xf9400000 | (freeRegister << 5) | register];
}

/** movz, then three times movk, each with 16 bits. */
function loadConstant(register: number, value: bigint): readonly number[] {
  return [0, 1, 2, 3].map((part) => {
    const bits = Number((BigInt.asUintN(64, value) >> BigInt(16 * part)) & 0xffffn);
    return (part === 0 ? 0xd2800000 : 0xf2800000) | (part << 21) | (bits << 5) | register;
  });
}

function instructions(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 * index);
  return bytes;
}
