import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Eight minutes on two processors with nothing else to do, and machines are busy. */
const timeLimitMinutes = 60;

/**
 * Runs turbo with the terminal handed through (or silent until it fails), and gives its exit code: 1 when a task did not
 * end within an hour, because a test that leaves something open keeps its process alive.
 */
export function runTurbo(args: readonly string[], { quiet = false } = {}): number {
  const { status, stdout, stderr, error } = spawnSync(
    'turbo',
    quiet ? [...args, '--output-logs=errors-only'] : args,
    {
      encoding: 'utf8',
      env: { ...process.env, PATH: pathWithPnpm(), TURBO_TELEMETRY_DISABLED: '1' },
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
      stdio: quiet ? 'pipe' : 'inherit',
      timeout: timeLimitMinutes * 60_000,
    },
  );
  if (quiet && status !== 0) process.stderr.write(`${stdout}${stderr}`);
  if (error !== undefined) {
    const isLate = 'code' in error && error.code === 'ETIMEDOUT';
    console.error(
      isLate ? `turbo ${args.join(' ')} did not end within ${timeLimitMinutes} minutes.` : String(error),
    );
  }
  return status ?? 1;
}

/**
 * Where npm runs no install scripts (npm 12), what it calls pnpm is a script without a shebang. A shell runs that; turbo, which
 * asks the kernel (execve(2)), cannot. So a program of this name is put in front that can be run either way.
 */
function pathWithPnpm(): string {
  const folder = resolve(import.meta.dirname, '../node_modules/.turbo-pnpm');
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((each) => each !== folder);
  const pnpm = folders.map((each) => join(each, 'pnpm')).find((file) => existsSync(file));
  if (process.platform === 'win32' || pnpm === undefined) return folders.join(delimiter);
  mkdirSync(folder, { recursive: true });
  const quoted = `'${pnpm.replaceAll("'", String.raw`'\''`)}'`;
  writeFileSync(join(folder, 'pnpm'), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return [folder, ...folders].join(delimiter);
}
