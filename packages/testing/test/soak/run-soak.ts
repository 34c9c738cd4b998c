import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { startSoakHost } from './soak-host.ts';
import { playRound, type Deeds } from './soak-round.ts';
import { takeSample, TimerCount, type Sample } from './take-sample.ts';

/** How long, and who is told. */
export interface SoakOptions {
  readonly minutes: number;
  /** It is the caller's, so that what it holds can be kept out of this process. */
  readonly registry: PluginCatalogue;
  readonly onRound?: (round: number, fraction: number) => void;
}

/** What a soak came to. */
export interface SoakResult {
  readonly samples: readonly Sample[];
  /** How often each thing was done. */
  readonly deeds: Deeds;
}

/** What is made once is made in the first rounds. */
const warmUpRounds = 2;
/** Each new piece of code stays in memory, so that not every round has one. */
const roundsPerNewCode = 4;

/**
 * Has a host work for so long, and looks at what it holds after each round, at rest. In the first half the trusted plugin is replaced by new
 * code, which stays in the process; in the second half only by code that is there already.
 */
export async function runSoak({ minutes, registry, onRound }: SoakOptions): Promise<SoakResult> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'stella-soak-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  const timers = new TimerCount();
  const soaked = stack.use(await startSoakHost(registry, folder));
  const deeds: Deeds = new Map();
  const samples: Sample[] = [];
  const [startedAt, durationMs] = [performance.now(), minutes * 60_000];
  for (let round = 1; ; round++) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= durationMs) return { samples, deeds };
    onRound?.(round, elapsedMs / durationMs);
    const isNewCode = round % roundsPerNewCode === 0 && elapsedMs < durationMs / 2;
    await playRound(round, isNewCode, { soaked, registry, deeds });
    if (round <= warmUpRounds) continue;
    const atMs = performance.now() - startedAt;
    samples.push(await takeSample(soaked.host, soaked.stateDirectory, timers, atMs));
  }
}
