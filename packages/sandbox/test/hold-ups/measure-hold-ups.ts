import { Subject } from '../fuzz/subject.ts';
import type { LongestTurn } from '../fuzz/subjects/turn-meter.ts';
import { holdUps, type HoldUp } from './hold-up-cases.ts';

/** What one case cost the host. */
export interface HoldUpResult {
  readonly name: string;
  readonly longestTurn: LongestTurn;
  /** Of the process that was the host, which had no other case. */
  readonly peakMemoryMiB: number;
}

/** Measures every case whose name has this text, with a host of its own, and twice: code runs slower before it is compiled. */
export async function measureHoldUps(
  text: string,
  onCase: (name: string, fraction: number) => void,
): Promise<readonly HoldUpResult[]> {
  const chosen = Object.entries(holdUps).filter(([name]) => name.includes(text));
  const results: HoldUpResult[] = [];
  for (const [index, [name, holdUp]] of chosen.entries()) {
    onCase(name, index / chosen.length);
    results.push(await measure(name, holdUp));
  }
  return results;
}

async function measure(name: string, holdUp: HoldUp): Promise<HoldUpResult> {
  await using subject = new Subject(new URL('measured-host.ts', import.meta.url));
  let [workMs, delayMs] = [0, 0];
  for (let round = 0; round < 2; round++) {
    const trial = await subject.begin();
    await subject.figures();
    await holdUp(trial.path).catch(() => undefined); // the host may end it
    await subject.settle(trial);
    const { longestTurn } = await subject.figures();
    [workMs, delayMs] = [Math.max(workMs, longestTurn.workMs), Math.max(delayMs, longestTurn.delayMs)];
  }
  const { peakMemoryMiB } = await subject.figures();
  return { name, longestTurn: { workMs, delayMs }, peakMemoryMiB };
}
