import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { findExecutable } from '../../../src/isolation/machine/find-executable.ts';
import { buildProgram } from './build-program.ts';
import { space, text, workingDirectory } from './raw-program.ts';

/** On another processor's code an emulator of user programs stands in, where there is one (Debian: qemu-user). */
const architectures = [
  { architecture: 'x64', emulator: 'qemu-x86_64', openat: 257, read: 0, write: 1 },
  { architecture: 'arm64', emulator: 'qemu-aarch64', openat: 56, read: 63, write: 64 },
];
const found = await Promise.all(
  architectures.map(async ({ architecture, emulator }) =>
    architecture === process.arch ? 'none' : findExecutable(emulator, process.env['PATH'] ?? ''),
  ),
);

describe('a program of raw system calls', () => {
  for (const [index, { architecture, openat, read, write }] of architectures.entries()) {
    const emulator = found[index];
    const itRuns = emulator === undefined ? it.skip : it;
    itRuns(`writes the results of its calls on ${architecture}, one used by the next`, async () => {
      const memory = space(4);
      const program = buildProgram(
        {
          calls: [
            { number: openat, arguments: [workingDirectory, text('/proc/version')] },
            { number: read, arguments: [{ resultOf: 0 }, memory, 4n] },
            { number: write, arguments: [1n, memory, 4n] },
            { number: openat, arguments: [workingDirectory, text('/nowhere')] },
          ],
        },
        architecture,
      );
      const directory = await mkdtemp('/tmp/stella-raw-');
      try {
        const file = join(directory, 'program');
        await writeFile(file, program, { mode: 0o755 });
        const [command = '', ...args] = emulator === 'none' ? [file] : [emulator ?? '', file];
        const { stdout } = await promisify(execFile)(command, args, { encoding: 'buffer' });
        expect(stdout.readBigInt64LE(0)).toBeGreaterThanOrEqual(3n);
        expect(stdout.readBigInt64LE(8)).toBe(4n);
        expect(String(stdout.subarray(16, 20))).toBe('Linu');
        expect(stdout.readBigInt64LE(20)).toBe(4n);
        expect(stdout.readBigInt64LE(28)).toBe(-2n);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
  }
});
