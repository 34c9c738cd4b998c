import { spawnSync } from 'node:child_process';

const timeLimitMinutes = 15;

/**
 * Runs turbo with the terminal handed through (or silent until it fails), and gives its exit code: 1 when a task did not
 * end within fifteen minutes, because a test that leaves something open keeps its process alive.
 */
export function runTurbo(args: readonly string[], { quiet = false } = {}): number {
  const { status, stdout, stderr, error } = spawnSync(
    'turbo',
    quiet ? [...args, '--output-logs=errors-only'] : args,
    {
      encoding: 'utf8',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
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
