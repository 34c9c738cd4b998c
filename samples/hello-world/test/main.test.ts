import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

it('greets from all three tiers, and has nothing to complain of', async () => {
  const main = resolve(import.meta.dirname, '../src/main.ts');

  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main]);

  expect(stdout.split('\n')).toEqual([
    'builtIn    Hello, World!  (linked in by the host)',
    'trusted    Hello, World!  (signed by hello-world-sample)',
    'untrusted  Hello, World!  (no signer is trusted by this host)',
    '',
  ]);
  expect(stderr).toBe('');
});
