import { arm64 } from './arm64.ts';
import type { LaidOutValue, MachineCode, RawCall, RawProgram, RawValue } from './raw-program.ts';
import { x64 } from './x64.ts';

const base = 0x400000n;
const headerBytes = 64 + 56;
const resultBytes = 8;

/** By `process.arch`. */
const machines: Readonly<Partial<Record<string, MachineCode>>> = { x64, arm64 };

/**
 * A static program of a few hundred bytes that makes system calls, writes their results to its standard output, 64 bits each,
 * and exits with 0. It uses no stack, so that even the children and threads that it makes without one run on.
 */
export function buildProgram(program: RawProgram, architecture: string = process.arch): Buffer {
  const machine = machines[architecture];
  if (machine === undefined) throw new Error(`there is no machine code for ${architecture}`);
  // Data and results stand behind the code, whose length does not depend on where.
  const code = writeCode(program, machine, 0n);
  return wrap(
    machine,
    Buffer.concat([
      writeCode(program, machine, base + BigInt(headerBytes + code.length)),
      Buffer.alloc(resultBytes * (program.calls.length + 1)),
      ...findMemory(program.calls),
    ]),
  );
}

function writeCode({ calls, isEndless }: RawProgram, machine: MachineCode, end: bigint): Buffer {
  const memory = findMemory(calls);
  const addressOf = (index: number): bigint => end + BigInt(resultBytes * index);
  const spare = addressOf(calls.length);
  const layOut = (value: RawValue): LaidOutValue => {
    if (typeof value === 'bigint') return { constant: value };
    if (!Buffer.isBuffer(value)) return { loadFrom: addressOf(value.resultOf) };
    const before = Buffer.concat(memory.slice(0, memory.indexOf(value)));
    return { constant: addressOf(calls.length + 1) + BigInt(before.length) };
  };
  const make = ({ number, abi, arguments: values = [] }: RawCall, address: bigint): Buffer => {
    if (abi === undefined) return machine.call(number, pad(values).map(layOut), address);
    if (machine.callOfI386 === undefined) throw new Error('this architecture has no such ABI');
    return machine.callOfI386(number, address);
  };
  const { write, exit } = machine.numbers;
  const report = (address: bigint): RawCall => ({
    number: write,
    arguments: [1n, address, BigInt(resultBytes)],
  });
  if (isEndless) {
    const body = Buffer.concat(calls.map((call, index) => make(call, addressOf(index))));
    return Buffer.concat([body, machine.jumpBack(body.length)]);
  }
  return Buffer.concat([
    ...calls.flatMap((call, index) => [make(call, addressOf(index)), make(report(addressOf(index)), spare)]),
    make({ number: exit }, spare),
  ]);
}

function pad(values: readonly RawValue[]): readonly RawValue[] {
  return Array.from({ length: 6 }, (_, index) => values[index] ?? 0n);
}

/** Each once: two calls may share memory. */
function findMemory(calls: readonly RawCall[]): readonly Buffer[] {
  return [
    ...new Set(calls.flatMap((call) => call.arguments ?? []).filter((value) => Buffer.isBuffer(value))),
  ];
}

/** The ELF header, and one segment that is read, written and executed (elf(5)). */
function wrap({ machine }: MachineCode, content: Buffer): Buffer {
  const elf = Buffer.alloc(headerBytes);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(base + BigInt(headerBytes), 24);
  elf.writeBigUInt64LE(64n, 32);
  for (const [index, size] of [64, 56, 1].entries()) elf.writeUInt16LE(size, 52 + 2 * index);
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(7, 68);
  for (const offset of [80, 88]) elf.writeBigUInt64LE(base, offset);
  for (const offset of [96, 104]) elf.writeBigUInt64LE(BigInt(headerBytes + content.length), offset);
  elf.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([elf, content]);
}
