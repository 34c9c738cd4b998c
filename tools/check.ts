/** `pnpm check`: every check of the repository in turn; a check speaks only when it fails. */
import { spawnSync } from 'node:child_process';
import { styleText } from 'node:util';

const checks = ['lint', 'typecheck', 'proto', 'unused', 'packages'];

const failed: string[] = [];
for (const name of checks) {
  process.stdout.write(name.padEnd(10));
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync('pnpm', ['run', '--silent', name], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  const verdict = status === 0 ? styleText('green', 'ok    ') : styleText('red', 'failed');
  console.log(`${verdict} ${seconds} s`);
  if (status === 0) continue;
  failed.push(name);
  console.log(`${stdout}${stderr}`);
}
if (failed.length > 0) console.log(`Failed: ${failed.map((name) => `pnpm run ${name}`).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
