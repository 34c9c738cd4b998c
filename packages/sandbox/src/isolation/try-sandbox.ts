import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { BubblewrapLauncher } from './bubblewrap-launcher.ts';
import { withDeadline } from './deadline.ts';
import type { IsolatedProcess } from './isolation.ts';

const trialTimeoutMs = 20_000;

/**
 * Starts one throw-away sandbox, with everything that a plugin's has but a program that only tells its version.
 * Resolves with what went wrong, in the words of who said it; `undefined` when nothing did.
 */
export async function trySandbox(launcher: BubblewrapLauncher): Promise<string | undefined> {
  // bubblewrap needs /tmp whatever TMPDIR says, and every user may enter it.
  const directory = await mkdtemp('/tmp/stella-trial-');
  try {
    await chmod(directory, 0o711);
    const inside = (name: string): string => join(directory, name);
    await Promise.all(['package', 'scratch', 'runtime'].map((name) => mkdir(inside(name), { mode: 0o755 })));
    await Promise.all(
      ['runner.js', 'scratch/socket'].map((name) => writeFile(inside(name), '', { mode: 0o644 })),
    );
    const trial = await launcher.launch({
      pluginId: 'trial',
      packageDirectory: inside('package'),
      runnerFile: inside('runner.js'),
      nodeArguments: ['--version'],
      socketPath: inside('scratch/socket'),
      scratchDirectory: inside('scratch'),
      runtimeDirectory: inside('runtime'),
      token: '',
      limits: defaultSandboxLimits,
    });
    return await readFailure(trial);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readFailure(trial: IsolatedProcess): Promise<string | undefined> {
  trial.stdout.resume();
  const said: Buffer[] = [];
  trial.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  try {
    await trial.applyCpuLimit();
    const { code, signal, leftBehind } = await withDeadline(
      trial.exited,
      trialTimeoutMs,
      `a sandbox that only tells the version of Node did not end within ${trialTimeoutMs / 1000} s`,
    );
    if (code === 0) return leftBehind;
    return Buffer.concat(said).toString('utf8').trim() || `a sandbox ended with ${signal ?? `code ${code}`}`;
  } finally {
    await trial.kill();
  }
}
