import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';

const main = resolve(import.meta.dirname, '../src/main.ts');

it('shows the host while it runs, with a sandbox that crashes, and ends when it is interrupted', async () => {
  const ports = ['--metrics-port', '0', '--health-port', '0'];
  const sample = spawn(process.execPath, [main, '--watch', '--crash', ...ports], { timeout: 50_000 });
  const [errors, ended] = [text(sample.stderr), once(sample, 'exit')];
  const lines: string[] = [];
  let addresses: readonly string[] = [];
  try {
    for await (const line of createInterface(sample.stdout)) {
      lines.push(line);
      // Crashed once, started again, and called since.
      if (/^stellaops\.digester-untrusted .* active +\d+ s +1 +[1-9]\d* /.test(line)) break;
    }
    addresses = lines.slice(0, 2);
    sample.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
  } finally {
    sample.kill('SIGKILL');
  }
  expect(addresses).toEqual([
    expect.stringMatching(/^metrics {2}http:\/\/127\.0\.0\.1:\d+\/metrics$/),
    expect.stringMatching(/^health {3}127\.0\.0\.1:\d+, grpc\.health\.v1$/),
  ]);
  expect(lines).toContainEqual(
    expect.stringMatching(/^stellaops\.digester-trusted .* active .* in process$/),
  );
  expect(await errors).toBe('');
});
