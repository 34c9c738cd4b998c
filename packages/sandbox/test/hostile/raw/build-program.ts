import { contentAddress, staticProgram } from '../../../src/isolation/report/static-program.ts';
import { arm64 } from './arm64.ts';
import type { LaidOutValue, MachineCode, RawCall, RawProgram, RawValue } from './raw-program.ts';
import { x64 } from './x64.ts';

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
  return staticProgram(
    machine.machine,
    Buffer.concat([
      writeCode(program, machine, contentAddress + BigInt(code.length)),
      Buffer.alloc(resultBytes * (program.calls.length + 1)),
      ...findMemory(program.calls),
    ]),
    'writable',
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
