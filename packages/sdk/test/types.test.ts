import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = join(import.meta.dirname, 'types');
const compiler = createRequire(import.meta.url).resolve('typescript/package.json');

describe('the types of the SDK', () => {
  it('let right code compile, and make a compile error of each mistake that is marked as one', () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(dirname(compiler), 'bin/tsc'), '-p', folder, '--pretty', 'false'],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('are tried with a missing method, a wrong response, an unknown method, a wrong request and a wrong configuration', () => {
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(sources.join('').match(/@ts-expect-error/g)).toHaveLength(0);
  });
});
