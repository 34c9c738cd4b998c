import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { BubblewrapLauncher } from './bubblewrap-launcher.ts';
import { withDeadline } from './deadline.ts';
import type { IsolatedProcess } from './isolation.ts';

const trialTimeoutMs = 20_000;

/**
 * Starts one throw-away sandbox, with everything that a plugin's has but a program that only tells its version.
 * Resolves with what it said when it failed, `undefined` when it did not; rejects when it could not be launched.
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
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readFailure(trial: IsolatedProcess): Promise<string | undefined> {
  trial.stdout.resume();
  const said = text(trial.stderr);
  try {
    await trial.applyCpuLimit();
    const { code, signal, leftBehind } = await withDeadline(
      trial.exited,
      trialTimeoutMs,
      `a sandbox that only tells the version of Node did not end within ${trialTimeoutMs / 1000} s`,
    );
    if (code === 0) return leftBehind;
    return (await said).trim() || `a sandbox ended with ${signal ?? `code ${code}`}`;
  } finally {
    await trial.kill();
  }
}
