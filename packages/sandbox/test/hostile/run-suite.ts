import { allCases } from './all-cases.ts';
import type { Seen } from './hostile-case.ts';
import { findLauncherParts } from './launcher-parts.ts';
import { groupTrials, planTrials, type Trial } from './plan-runs.ts';
import { runTrials } from './run-trials.ts';
import { openScene } from './scene.ts';
import { weakenIsolation } from './weakened-isolation.ts';

/** What came of a trial. */
export interface Outcome {
  readonly name: string;
  readonly kind: Trial['kind'];
  readonly removed: readonly string[];
  /** Missing when there was no sandbox to see it in. */
  readonly seen?: Seen | undefined;
  readonly failure?: string;
}

/** Sandboxes that run at once. */
const width = 3;

/** Makes every attempt that this machine can make, as the user that this process is. Rejects only where there is no scene. */
export async function runSuite(): Promise<readonly Outcome[]> {
  const isRoot = process.getuid?.() === 0;
  const parts = await findLauncherParts();
  await using opened = await openScene();
  const { scene } = opened;
  const possible = allCases.filter(({ impossible }) => impossible === undefined);
  const groups = groupTrials(possible.flatMap((hostile) => planTrials(hostile, isRoot)));
  const outcomes: Outcome[] = [];
  const runOne = async (trials: readonly Trial[]): Promise<void> => {
    const removed = trials[0]?.removed ?? [];
    const told = (more: (index: number) => Pick<Outcome, 'seen' | 'failure'>): Outcome[] =>
      trials.map(({ hostile, kind }, index) => ({ name: hostile.name, kind, removed, ...more(index) }));
    try {
      const isolation = removed.length === 0 ? undefined : await weakenIsolation(parts, removed, scene);
      const seen = await runTrials(trials, isolation, scene);
      outcomes.push(...told((index) => ({ seen: seen[index] })));
    } catch (error) {
      outcomes.push(...told(() => ({ failure: error instanceof Error ? error.message : String(error) })));
    }
  };
  const left = groups.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const trials of left) await runOne(trials);
    }),
  );
  return outcomes;
}
