import { measureHoldUps } from '../../packages/sandbox/test/hold-ups/measure-hold-ups.ts';
import type { Proof } from './finding.ts';

/** At the default limits of a message. */
const maxTurnMs = 100;

/** Whatever a runner sends, no turn of the event loop of its host takes long. Measured by processor time: run it on a quiet machine. */
export const proveHoldUps: Proof = async (progress) => {
  const results = await measureHoldUps('', progress);
  return results
    .toSorted((one, other) => other.longestTurnMs - one.longestTurnMs)
    .map(({ name, longestTurnMs }) => ({
      what: name,
      bound: `${maxTurnMs} ms`,
      measured: `${Math.round(longestTurnMs)} ms`,
      holds: longestTurnMs <= maxTurnMs,
    }));
};
