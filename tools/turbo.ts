import { spawnSync } from 'node:child_process';

/** Runs turbo with the terminal handed through (or held back until it fails), and gives its exit code. */
export function runTurbo(args: readonly string[], { quiet = false } = {}): number {
  const { status, stdout, stderr, error } = spawnSync(
    'turbo',
    quiet ? [...args, '--output-logs=errors-only'] : args,
    {
      encoding: 'utf8',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
      shell: process.platform === 'win32',
      stdio: quiet ? 'pipe' : 'inherit',
    },
  );
  if (error !== undefined) throw error;
  if (quiet && status !== 0) process.stderr.write(`${stdout}${stderr}`);
  return status ?? 1;
}
