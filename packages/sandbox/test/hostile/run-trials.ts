import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startStandIn, type StandIn, type StandInOptions } from '../isolation/start-stand-in.ts';
import type { Isolation } from '../../src/isolation/isolation.ts';
import type { Attempt, Seen } from './hostile-case.ts';
import type { Trial } from './plan-runs.ts';
import { writePrelude } from './prelude.ts';
import { buildProgram } from './raw/build-program.ts';
import type { RawProgram } from './raw/raw-program.ts';
import type { Scene } from './scene.ts';

/** A file that tells the plugin that all its limits hold. */
const goAhead = 'go-ahead';

/** Makes the attempts of some trials in one sandbox, one after another, and resolves with what was seen of each. */
export async function runTrials(
  trials: readonly Trial[],
  isolation: Isolation | undefined,
  scene: Scene,
): Promise<readonly Seen[]> {
  await using standIn = await startStandIn({
    ...describeAttempts(trials, scene),
    ...(isolation === undefined ? {} : { isolation }),
    limits: trials[0]?.hostile.alone ?? {},
  });
  const removed = new Set(trials[0]?.removed);
  await standIn.process.applyCpuLimit();
  // Not in the turn in which the launcher let go of them: Node would resume them at its end.
  if (!removed.has('output that waits for its reader'))
    for (const stream of [standIn.process.stdout, standIn.process.stderr]) stream.pause();
  await writeFile(join(standIn.directory, 'package', goAhead), '');
  const seen: Seen[] = [];
  for (const { hostile } of trials)
    seen.push(
      await (hostile.watch?.({ standIn, removed }) ?? readSeen(standIn, hostile.alone !== undefined)),
    );
  return seen;
}

/**
 * What the plugin reported, or how it ended. When it was alone, and a child took too much memory, version 2 of control groups ends
 * all of it but version 1 the child only: it counts as the same.
 */
async function readSeen(standIn: StandIn, isAlone: boolean): Promise<Seen> {
  const reported = (await standIn.report().catch(() => undefined)) as Seen | undefined; // what JSON can say
  if (reported !== undefined && !isAlone) return reported;
  const { code, signal, memoryLimitHit } = await standIn.exit();
  return memoryLimitHit ? 'memory limit' : (reported ?? signal ?? code ?? 'gone');
}

function describeAttempts(trials: readonly Trial[], scene: Scene): Pick<StandInOptions, 'script' | 'files'> {
  const described = trials.map(({ hostile }, index) => {
    const attempt = typeof hostile.attempt === 'function' ? hostile.attempt(scene) : hostile.attempt;
    return { attempt, programs: hostile.programs ?? {}, prefix: `${index}-` };
  });
  const programs: readonly (readonly [string, RawProgram])[] = described.flatMap(
    ({ attempt, programs: named, prefix }) => [
      ...Object.entries(named).map(([name, program]) => [prefix + name, program] as const),
      ...(typeof attempt === 'string' ? [] : [[`${prefix}calls`, { calls: attempt }] as const]),
    ],
  );
  return {
    files: {
      'plugin.json': '{}',
      ...Object.fromEntries(programs.map(([name, program]) => [name, buildProgram(program)])),
    },
    script: [writePrelude(scene, goAhead), ...described.map(writeAttempt), writeEnd(trials)].join('\n'),
  };
}

/** One that is watched stays. */
function writeEnd(trials: readonly Trial[]): string {
  return trials.some(({ hostile }) => hostile.watch) ? 'await stay();' : 'process.exit();';
}

function writeAttempt({ attempt, prefix }: { readonly attempt: Attempt; readonly prefix: string }): string {
  const body = typeof attempt === 'string' ? attempt : "return run(program('calls'));";
  return `await report(await attempt(async () => { const program = (name) => process.cwd() + '/${prefix}' + name; ${body} }));`;
}
