/** Where a program is loaded, its headers first. */
const loadAddress = 0x400000n;
const headerBytes = 64 + 56;

/** Where the content of a program begins when it runs. */
export const contentAddress = loadAddress + BigInt(headerBytes);

const flags = { readable: 5, writable: 7 } as const;

/** An ELF program of machine code alone, in one segment that is executed, and read or written as well (elf(5)). */
export function staticProgram(machine: number, content: Buffer, access: keyof typeof flags): Buffer {
  const elf = Buffer.alloc(headerBytes);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(contentAddress, 24);
  elf.writeBigUInt64LE(64n, 32);
  for (const [index, bytes] of [64, 56, 1].entries()) elf.writeUInt16LE(bytes, 52 + 2 * index);
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(flags[access], 68);
  for (const offset of [80, 88]) elf.writeBigUInt64LE(loadAddress, offset);
  for (const offset of [96, 104]) elf.writeBigUInt64LE(BigInt(headerBytes + content.length), offset);
  elf.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([elf, content]);
}
