import { measureHoldUps, type HoldUpResult } from '../../packages/sandbox/test/hold-ups/measure-hold-ups.ts';
import type { Finding, Proof } from './finding.ts';
import { ProveError } from './prove-error.ts';
import { turnText } from './turn-text.ts';

/** At the default limits of a message. */
const maxTurnMs = 100;
/** What a host takes at most for one sandbox, beside itself. */
const maxMemoryMiB = 768;

/** Whatever a runner sends, no turn of the event loop of its host takes long, and its memory stays bounded. */
export const proveHoldUps: Proof = async (progress, { attack }) => {
  const results = await measureHoldUps(attack ?? '', progress);
  if (results.length === 0) throw new ProveError(`no case has "${attack}" in its name`);
  return results.toSorted((one, other) => other.longestTurn.workMs - one.longestTurn.workMs).map(findingOf);
};

/** Work is the verdict, and not the clock: the machine may have more to do. */
function findingOf({ name, longestTurn, memoryMiB }: HoldUpResult): Finding {
  return {
    what: name,
    bound: `${maxTurnMs} ms of work, ${maxMemoryMiB} MiB`,
    measured: `${turnText(longestTurn)}; ${Math.round(memoryMiB)} MiB`,
    holds: longestTurn.workMs <= maxTurnMs && memoryMiB <= maxMemoryMiB,
  };
}
