/** What a filter sees of a system call: `struct seccomp_data` of `linux/seccomp.h`. */
export interface SystemCall {
  readonly number: number;
  readonly auditArchitecture: number;
  readonly arguments?: readonly bigint[];
}

/**
 * Runs a classic BPF program as the kernel does for seccomp(2), and returns its answer. Throws for what the kernel would
 * refuse to load: unknown instructions, jumps out of the program, loads out of the data.
 */
export function runBpf(program: Buffer, call: SystemCall): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number >>> 0, 0);
  data.writeUInt32LE(call.auditArchitecture, 4);
  for (const [index, value] of (call.arguments ?? []).entries()) data.writeBigUInt64LE(value, 16 + 8 * index);

  let accumulator = 0;
  for (let position = 0; position < program.length;) {
    const code = program.readUInt16LE(position);
    const [yes, no] = [program.readUInt8(position + 2), program.readUInt8(position + 3)];
    const constant = program.readUInt32LE(position + 4);
    position += 8;
    const jumpIf = (condition: boolean): void => {
      position += 8 * (condition ? yes : no);
    };
    if (code === 0x20) accumulator = data.readUInt32LE(constant);
    else if (code === 0x15) jumpIf(accumulator === constant);
    else if (code === 0x25) jumpIf(accumulator > constant);
    else if (code === 0x45) jumpIf((accumulator & constant) !== 0);
    else if (code === 0x06) return constant;
    else throw new Error(`unknown instruction 0x${code.toString(16)}`);
  }
  throw new Error('the program ends without an answer');
}
