import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const main = join(import.meta.dirname, '../prove/main.ts');
const prove = (...args: readonly string[]) => {
  const env = { ...process.env, PATH: '/nowhere' };
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env });
  return { status, stderr };
};

describe('pnpm prove', () => {
  it('names the programs that it lacks, and how to install them', () => {
    expect(prove()).toEqual({
      status: 2,
      stderr: [
        'stress-ng is not installed: apt-get install stress-ng',
        'strace is not installed: apt-get install strace',
        '',
      ].join('\n'),
    });
  });

  it('names the proofs that there are when asked for another', () => {
    const { status, stderr } = prove('nothing');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^There is no proof "nothing"\.\npnpm prove \[stress\|strace\|cycles\|/);
  });

  it.each([
    [['fuzz', '--minutes', 'ten'], '--minutes needs a number, and "ten" is none.'],
    [['--help'], "Unknown option '--help'."],
  ])('says how it is called when it does not understand: %j', (given, problem) => {
    const { status, stderr } = prove(...given);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
    expect(stderr).toMatch(/\npnpm prove \[stress\|.*--minutes N/);
  });
});
