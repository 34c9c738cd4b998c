import { HostileRunner } from '../hostile-wire/hostile-runner.ts';
import { Subject } from '../fuzz/subject.ts';
import { holdUps } from './hold-up-cases.ts';

/** How long one case held up the event loop of the host at most. */
export interface HoldUpResult {
  readonly name: string;
  readonly longestTurnMs: number;
  readonly peakMemoryMiB: number;
}

/** Measures every case whose name has this text, each twice: code runs slower before it is compiled. */
export async function measureHoldUps(
  text: string,
  onCase: (name: string, fraction: number) => void,
): Promise<readonly HoldUpResult[]> {
  const chosen = Object.entries(holdUps).filter(([name]) => name.includes(text));
  await using subject = new Subject(new URL('measured-host.ts', import.meta.url));
  const results: HoldUpResult[] = [];
  for (const [index, [name, holdUp]] of chosen.entries()) {
    onCase(name, index / chosen.length);
    let longestTurnMs = 0;
    for (let round = 0; round < 2; round++) {
      const trial = await subject.begin();
      await subject.figures();
      {
        using runner = await HostileRunner.greet(trial.path);
        await holdUp(runner).catch(() => undefined); // the host may end it
      }
      await subject.settle(trial);
      longestTurnMs = Math.max(longestTurnMs, (await subject.figures()).longestTurnMs);
    }
    results.push({ name, longestTurnMs, peakMemoryMiB: (await subject.figures()).peakMemoryMiB });
  }
  return results;
}
