import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildCallProgram } from '../../../src/isolation/report/call-program.ts';
import { listForbiddenCalls } from '../../../src/isolation/report/forbidden-calls.ts';

/** Runs a program without any isolation, and resolves with what it wrote. */
async function runOutside(program: Buffer): Promise<Buffer> {
  const folder = await mkdtemp('/tmp/stella-calls-');
  try {
    const file = join(folder, 'program');
    await writeFile(file, program);
    await chmod(file, 0o755);
    return await new Promise((resolve) => {
      execFile(file, { encoding: 'buffer', timeout: 10_000 }, (_, stdout) => resolve(stdout));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the program that makes forbidden calls', () => {
  const onX64 = process.platform === 'linux' && process.arch === 'x64' ? it : it.skip;

  onX64('gets another answer to each of them where there is no filter', async () => {
    const calls = listForbiddenCalls('x64');
    const output = await runOutside(buildCallProgram('x64', calls)?.program ?? Buffer.alloc(0));
    expect(output.length).toBe(calls.length * 4);
    const alike = calls.filter(({ error }, index) => output.readInt32LE(index * 4) === -error);
    expect(alike.map(({ name }) => name)).toEqual([]);
  });

  it('knows the same calls on each architecture, and none on others', () => {
    const names = (architecture: string): readonly string[] =>
      listForbiddenCalls(architecture).map(({ name }) => name);
    expect(names('x64')).toEqual(
      expect.arrayContaining(['socket(AF_INET)', 'mount', 'unshare', 'ptrace', 'io_uring_setup']),
    );
    expect(names('arm64')).toEqual(names('x64'));
    expect(names('riscv64')).toEqual([]);
    expect(buildCallProgram('riscv64', [])).toBeUndefined();
  });

  it('is encoded for aarch64 as the assembler does it', () => {
    const { program, foreignAbi } =
      buildCallProgram('arm64', [{ number: 198, arguments: [0xfffffffd] }]) ?? {};
    const words = Array.from({ length: 21 }, (_, index) =>
      program?.readUInt32LE(120 + 4 * index).toString(16),
    );
    expect(words.slice(0, 3)).toEqual(['d10043ff', '529fffa0', '72bfffe0']); // sub sp, movz w0, movk w0
    expect(words.slice(13, 17)).toEqual(['528018c8', '72a00008', 'd4000001', 'b90003e0']); // movz w8, movk w8, svc, str
    expect(foreignAbi).toBeUndefined();
  });
});
