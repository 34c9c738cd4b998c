/** One line of a program for the kernel's classic BPF machine, as seccomp(2) lets it run. */
export type BpfLine =
  | { readonly label: string }
  /** Loads 32 bits of `struct seccomp_data` at this offset. */
  | { readonly load: number }
  /** Compares what was loaded; goes on with the next line where no label is given. */
  | {
      readonly jump: 'equal' | 'greater' | 'anyBit';
      readonly value: number;
      readonly yes?: string;
      readonly no?: string;
    }
  | { readonly answer: number };

/** Codes of `linux/bpf_common.h`: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_K with BPF_JEQ, BPF_JGT and BPF_JSET, BPF_RET|BPF_K. */
const codes = { load: 0x20, equal: 0x15, greater: 0x25, anyBit: 0x45, answer: 0x06 } as const;

/** The size of `struct sock_filter`: a code of 16 bits, two jumps of 8, a constant of 32. */
const instructionBytes = 8;

/** Turns lines into what `bwrap --seccomp` reads: an array of `struct sock_filter`, little-endian. */
export function assembleBpf(lines: readonly BpfLine[]): Buffer {
  const labels = new Map<string, number>();
  let position = 0;
  for (const line of lines) {
    if ('label' in line) labels.set(line.label, position);
    else position += 1;
  }

  const program = Buffer.alloc(position * instructionBytes);
  position = 0;
  for (const line of lines) {
    if ('label' in line) continue;
    const instruction = program.subarray(position * instructionBytes);
    position += 1;
    if ('load' in line) writeInstruction(instruction, codes.load, line.load);
    else if ('answer' in line) writeInstruction(instruction, codes.answer, line.answer);
    else {
      writeInstruction(instruction, codes[line.jump], line.value);
      instruction.writeUInt8(findDistance(labels, line.yes, position), 2);
      instruction.writeUInt8(findDistance(labels, line.no, position), 3);
    }
  }
  return program;
}

function writeInstruction(instruction: Buffer, code: number, constant: number): void {
  instruction.writeUInt16LE(code, 0);
  instruction.writeUInt32LE(constant, 4);
}

/** Jumps count from the next instruction, go forward only, and have 8 bits. */
function findDistance(labels: ReadonlyMap<string, number>, label: string | undefined, from: number): number {
  if (label === undefined) return 0;
  const target = labels.get(label);
  if (target === undefined)
    throw new RangeError(`The BPF program jumps to "${label}", which it does not have.`);
  const distance = target - from;
  if (distance < 0 || distance > 255)
    throw new RangeError(
      `The BPF program jumps ${distance} instructions to "${label}"; 0 to 255 are possible.`,
    );
  return distance;
}
