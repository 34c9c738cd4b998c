/** How a program asks the kernel: by the calls of x86-64, of i386, or by fork until it is refused. */
export type RawCall =
  | { readonly number: number; readonly arguments?: readonly bigint[] }
  | { readonly number: number; readonly abi: 'i386' }
  | 'forkBomb';

const base = 0x400000n;
const headerBytes = 64 + 56;

/**
 * A program for x86-64 of a few bytes that makes one system call and exits with its error number, or with the low byte of its
 * negated result. JavaScript cannot make calls of its choice, and a compiler is not everywhere.
 */
export function buildProgram(call: RawCall): Buffer {
  const code = assemble(call);
  const elf = Buffer.alloc(headerBytes);
  // The ELF header, and one segment that is read and executed (elf(5)).
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(0x3e, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(base + BigInt(headerBytes), 24);
  elf.writeBigUInt64LE(64n, 32);
  for (const [index, size] of [64, 56, 1].entries()) elf.writeUInt16LE(size, 52 + 2 * index);
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(5, 68);
  for (const offset of [80, 88]) elf.writeBigUInt64LE(base, offset);
  for (const offset of [96, 104]) elf.writeBigUInt64LE(BigInt(headerBytes + code.length), offset);
  elf.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([elf, code]);
}

/** mov into rdi, rsi, rdx, r10, r8 and r9: the arguments of a call (syscall(2)). */
const argumentRegisters = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
  [0x49, 0xb9],
];
const moveToEax = (value: number): number[] => [
  0xb8,
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  value >>> 24,
];
const systemCall = [0x0f, 0x05];
const systemCallOfI386 = [0xcd, 0x80];
const exitWithNegatedResult = [0xf7, 0xd8, 0x89, 0xc7, ...moveToEax(60), ...systemCall];

function assemble(call: RawCall): Buffer {
  if (call === 'forkBomb') return Buffer.from([...moveToEax(57), ...systemCall, 0xeb, 0xf7]);
  if ('abi' in call)
    return Buffer.from([...moveToEax(call.number), ...systemCallOfI386, ...exitWithNegatedResult]);
  const values = Array.from({ length: 6 }, (_, index) => call.arguments?.[index] ?? 0n);
  const moves = values.map((value, index) => {
    const immediate = Buffer.alloc(8);
    immediate.writeBigUInt64LE(value);
    return Buffer.concat([Buffer.from(argumentRegisters[index] ?? []), immediate]);
  });
  return Buffer.concat([
    ...moves,
    Buffer.from([...moveToEax(call.number), ...systemCall, ...exitWithNegatedResult]),
  ]);
}
