import { buffer } from 'node:stream/consumers';
import { withDeadline } from '../deadline.ts';
import type { IsolatedProcess } from '../isolation.ts';
import { useThrowAwaySandbox, type LaunchSandbox } from '../trial/throw-away-sandbox.ts';
import type { AspectEvidence } from './aspect-evidence.ts';
import type { ForbiddenCall } from './forbidden-calls.ts';
import { failureOf } from './run-limit-trials.ts';

const trialTimeoutMs = 20_000;

/**
 * Runs a program that makes each of the calls, and one of the foreign ABI where the processor has one, in a throw-away sandbox.
 * `launch` runs that program in place of Node. Never rejects.
 */
export async function runCallTrial(
  launch: LaunchSandbox,
  calls: readonly ForbiddenCall[],
  foreignAbi: string | undefined,
  timeoutMs = trialTimeoutMs,
): Promise<readonly AspectEvidence[]> {
  const evidence = { aspect: 'systemCalls', source: 'trial' } as const;
  const tried = calls.map(({ name }) => name).join(', ');
  try {
    return await useThrowAwaySandbox({ launch, nodeArguments: [] }, async (sandbox) => {
      const { answers, signal } = await withDeadline(readAnswers(sandbox), timeoutMs, 'it did not end');
      const passed = calls.filter(({ error }, index) => answers[index] !== -error).map(({ name }) => name);
      const isRefused = passed.length === 0;
      return [
        {
          ...evidence,
          tried,
          saw: isRefused ? 'refused' : `not refused: ${passed.join(', ')}`,
          held: isRefused,
        },
        ...(foreignAbi === undefined
          ? []
          : [
              {
                ...evidence,
                tried: `a call of ${foreignAbi}`,
                saw: signal ?? 'answered',
                held: signal === 'SIGSYS',
              },
            ]),
      ];
    });
  } catch (error) {
    return [{ ...evidence, tried, saw: failureOf(error), held: false }];
  }
}

async function readAnswers(
  sandbox: IsolatedProcess,
): Promise<{ readonly answers: readonly number[]; readonly signal: NodeJS.Signals | undefined }> {
  sandbox.stderr.resume();
  const written = buffer(sandbox.stdout);
  const { signal } = await sandbox.exited;
  const output = await written;
  return {
    answers: Array.from({ length: output.length >> 2 }, (_, index) => output.readInt32LE(index * 4)),
    signal,
  };
}
