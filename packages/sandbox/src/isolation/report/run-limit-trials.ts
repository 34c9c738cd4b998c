import type { IsolationAspect, SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { pollUntil } from '../deadline.ts';
import type { IsolatedProcess, ProcessUsage } from '../isolation.ts';
import { useThrowAwaySandbox, type LaunchSandbox } from '../trial/throw-away-sandbox.ts';
import type { AspectEvidence } from './aspect-evidence.ts';

/** What is run into, and how one sees that it was there. */
interface LimitTrial {
  readonly aspect: IsolationAspect;
  readonly tried: string;
  /** What is seen when the limit held. */
  readonly saw: string;
  readonly limits: Partial<SandboxLimits>;
  /** What Node runs. */
  readonly script: string;
  readonly isHit: (usage: ProcessUsage) => boolean;
}

const trialTimeoutMs = 10_000;

const limitTrials: readonly LimitTrial[] = [
  {
    aspect: 'memory',
    tried: 'take more memory than the limit',
    saw: 'killed by the kernel',
    limits: { memoryLimitMiB: 24 },
    script: 'const hoard = []; for (;;) hoard.push(Buffer.alloc(1 << 20, 1));',
    isHit: ({ memoryLimitHit }) => memoryLimitHit,
  },
  {
    aspect: 'processCount',
    tried: 'start more processes and threads than the limit',
    saw: 'refused by the kernel',
    // bubblewrap has two, and Node wants more than two threads.
    limits: { maxProcesses: 4 },
    script: '',
    isHit: ({ processLimitHit }) => processLimitHit,
  },
  {
    aspect: 'cpu',
    tried: 'use more processor time than the limit',
    saw: 'held back by the kernel',
    limits: { cpuLimitCores: 0.05 },
    script: 'for (;;);',
    isHit: ({ throttledMs = 0 }) => throttledMs > 0,
  },
];

/** Runs into each limit, each in a throw-away sandbox of its own and all at once. Never rejects. */
export function runLimitTrials(
  launch: LaunchSandbox,
  timeoutMs = trialTimeoutMs,
): Promise<readonly AspectEvidence[]> {
  return Promise.all(limitTrials.map((trial) => runInto(trial, launch, timeoutMs)));
}

async function runInto(trial: LimitTrial, launch: LaunchSandbox, timeoutMs: number): Promise<AspectEvidence> {
  const { aspect, tried, saw, limits, script, isHit } = trial;
  const evidence = { aspect, source: 'trial', tried } as const;
  try {
    const held = await useThrowAwaySandbox({ launch, nodeArguments: ['-e', script], limits }, (sandbox) =>
      waitForHit(sandbox, isHit, timeoutMs),
    );
    return { ...evidence, saw: held ? saw : 'nothing stood in the way', held };
  } catch (error) {
    return { ...evidence, saw: failureOf(error), held: false };
  }
}

/** Whether the kernel has counted it before the sandbox ended, or was given up. */
async function waitForHit(
  sandbox: IsolatedProcess,
  isHit: (usage: ProcessUsage) => boolean,
  timeoutMs: number,
): Promise<boolean> {
  for (const stream of [sandbox.stdout, sandbox.stderr]) stream.resume();
  await sandbox.applyCpuLimit();
  let hasEnded = false;
  void sandbox.exited.then(() => (hasEnded = true));
  await pollUntil(async () => hasEnded || isHit(await sandbox.readUsage()), timeoutMs);
  await sandbox.kill();
  return isHit(await sandbox.exited);
}

/** One line is enough to know where to look. */
export function failureOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `the trial failed: ${message.replaceAll(/\s+/g, ' ').slice(0, 150)}`;
}
