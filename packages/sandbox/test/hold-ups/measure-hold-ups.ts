import { Subject } from '../fuzz/subject.ts';
import { longestOf, type LongestTurn } from '../fuzz/subjects/turn-meter.ts';
import { holdUps, worstForLargeHosts } from './hold-up-cases.ts';
import type { HoldUp } from './hold-up.ts';

/** What one case cost the host. */
export interface HoldUpResult {
  readonly name: string;
  readonly longestTurn: LongestTurn;
  /** What the process that was the host took for it, beside itself; it had no other case. */
  readonly memoryMiB: number;
}

interface Case {
  readonly name: string;
  readonly holdUp: HoldUp;
  /** The host that is held up. */
  readonly program: 'measured-host.ts' | 'large-host.ts';
}

const cases: readonly Case[] = [
  ...Object.entries(holdUps).map(([name, holdUp]) => ({
    name,
    holdUp,
    program: 'measured-host.ts' as const,
  })),
  ...Object.entries(worstForLargeHosts).map(([name, holdUp]) => ({
    name: `${name}; a host with 500 MB of objects`,
    holdUp,
    program: 'large-host.ts' as const,
  })),
];

/** Measures every case whose name has this text, with a host of its own, and twice: code runs slower before it is compiled. */
export async function measureHoldUps(
  text: string,
  onCase: (name: string, fraction: number) => void,
): Promise<readonly HoldUpResult[]> {
  const chosen = cases.filter(({ name }) => name.includes(text));
  const results: HoldUpResult[] = [];
  for (const [index, each] of chosen.entries()) {
    onCase(each.name, index / chosen.length);
    results.push(await measure(each));
  }
  return results;
}

async function measure({ name, holdUp, program }: Case): Promise<HoldUpResult> {
  await using subject = new Subject(new URL(program, import.meta.url));
  const before = await subject.figures();
  let longestTurn: LongestTurn = { workMs: 0, processorMs: 0, delayMs: 0 };
  for (let round = 0; round < 2; round++) {
    const trial = await subject.begin();
    await subject.figures();
    await holdUp(trial.path).catch(() => undefined); // the host may end it
    await subject.settle(trial);
    longestTurn = longestOf(longestTurn, (await subject.figures()).longestTurn);
  }
  const { peakMemoryMiB } = await subject.figures();
  return { name, longestTurn, memoryMiB: peakMemoryMiB - before.peakMemoryMiB };
}
