import { runFuzz, type AttackResult } from '../../packages/sandbox/test/fuzz/run-fuzz.ts';
import type { Finding, Proof } from './finding.ts';
import { turnText } from './turn-text.ts';

/** At the default limits of a sandbox. */
const maxTurnMs = 100;
/** What a host takes at most for one sandbox, beside itself: answers that are not read, and messages that are not finished. */
const maxMemoryMiB = 768;

/** Whatever bytes arrive, a host lives and its sessions end as they should. */
export const proveWire: Proof = async (progress, { minutes, seed, attack, path }) => {
  const results = await runFuzz({
    minutes,
    seed,
    ...(attack !== undefined && { attack }),
    ...(path !== undefined && { path }),
    onRound: (name, runs, fraction) => progress(`${name}, ${runs} runs`, fraction),
  });
  return results.flatMap((result) => [endsWell(result), held(result)].flat());
};

function endsWell({ name, runs, endings, failure }: AttackResult): Finding {
  const seen = Array.from(endings, ([ending, times]) => `${ending} ${times}`).join(', ');
  const measured = failure
    ? `${failure.problem}\n    pnpm prove fuzz --attack ${name} --seed ${failure.seed} --path ${failure.path}`
    : `${runs} runs: ${seen}`;
  return { what: name, bound: 'ends as it should', measured, holds: failure === undefined };
}

function held({ name, figures: { longestTurn, peakMemoryMiB } }: AttackResult): readonly Finding[] {
  return [
    {
      what: `${name}: the event loop`,
      bound: `held up for ${maxTurnMs} ms at most`,
      measured: turnText(longestTurn),
      holds: longestTurn.workMs <= maxTurnMs,
    },
    {
      what: `${name}: memory`,
      bound: `${maxMemoryMiB} MiB at most`,
      measured: `${Math.round(peakMemoryMiB)} MiB`,
      holds: peakMemoryMiB <= maxMemoryMiB,
    },
  ];
}
