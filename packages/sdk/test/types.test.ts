import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const folder = join(import.meta.dirname, 'types');
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

describe('the types of the SDK', () => {
  it('let right code compile, and refuse each mistake that test/types marks as one', async () => {
    const options = [compiler, '--project', folder, '--pretty', 'false'];
    const { stdout } = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    // A compiler that has nothing to complain of prints nothing.
    expect(await text(stdout)).toBe('');
  });
});
