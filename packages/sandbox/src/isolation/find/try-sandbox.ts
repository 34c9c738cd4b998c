import { text } from 'node:stream/consumers';
import type { BubblewrapLauncher } from '../start/bubblewrap-launcher.ts';
import { withDeadline } from '../deadline.ts';
import type { IsolatedProcess } from '../isolation.ts';
import { useThrowAwaySandbox } from '../trial/throw-away-sandbox.ts';

const trialTimeoutMs = 20_000;

/**
 * Starts one throw-away sandbox, with everything that a plugin's has but a program that only tells its version.
 * Resolves with what it said when it failed, `undefined` when it did not; rejects when it could not be launched.
 */
export function trySandbox(
  launcher: Pick<BubblewrapLauncher, 'launch'>,
  timeoutMs = trialTimeoutMs,
): Promise<string | undefined> {
  const launch = launcher.launch.bind(launcher);
  const tell = (trial: IsolatedProcess): Promise<string | undefined> =>
    withDeadline(
      readFailure(trial),
      timeoutMs,
      `a sandbox that only tells the version of Node did not end within ${timeoutMs / 1000} s`,
    );
  return useThrowAwaySandbox({ launch, nodeArguments: ['--version'] }, tell);
}

async function readFailure(trial: IsolatedProcess): Promise<string | undefined> {
  trial.stdout.resume();
  const said = text(trial.stderr);
  await trial.applyCpuLimit();
  const { code, signal, leftBehind } = await trial.exited;
  if (code === 0) return leftBehind;
  return (await said).trim() || `a sandbox ended with ${signal ?? `code ${code}`}`;
}
