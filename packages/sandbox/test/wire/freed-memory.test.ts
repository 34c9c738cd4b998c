import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const source = readFileSync(new URL('../../src/wire/freed-memory.ts', import.meta.url), 'utf8');
/** Takes six MiB, writes to each page and frees them, again and again; prints how many pages the kernel had to give for it. */
const program = `
  ${stripTypeScriptTypes(source)}
  function use() {
    const buffers = Array.from({ length: 6 }, () => Buffer.allocUnsafeSlow(1024 * 1024));
    for (const buffer of buffers) for (let page = 0; page < buffer.length; page += 4096) buffer[page] = 1;
    for (const { buffer } of buffers) buffer.transfer(0);
  }
  keepFreedMemory();
  use();
  const before = process.resourceUsage().minorPageFault;
  for (let round = 0; round < 50; round++) use();
  console.log(process.resourceUsage().minorPageFault - before);
`;

describe('memory that was freed', () => {
  it('is used again without asking the kernel for it', async () => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    expect(Number(stdout)).toBeLessThan((50 * 6 * 256) / 10);
  });
});
