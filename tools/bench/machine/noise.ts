import { loadavg } from 'node:os';
import { median, quantile } from '../report/statistics.ts';

/** How calm the machine was while something was measured. */
export interface Noise {
  /** Times of one fixed piece of work, in milliseconds. */
  readonly samples: number;
  readonly bestMs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  /** How much longer than at its best it took nine times in ten, as a fraction of the best. */
  readonly spread: number;
  /** Processes that wanted to run, over the last minute, first and last (getloadavg(3)). */
  readonly load: readonly [number, number];
  readonly isQuiet: boolean;
}

/** Beyond this spread figures are not worth quoting. Seen on an idle machine: 0.05 to 0.15. */
const quietSpread = 0.25;

/** Times a fixed piece of work now and again, to learn how much of the machine others take. */
export class NoiseMeter {
  readonly #millis: number[] = [];
  readonly #loadBefore = loadavg()[0] ?? 0;

  constructor() {
    for (let round = 0; round < 20; round += 1) fixedWork(); // compiled before it counts
  }

  sample(): void {
    const begin = performance.now();
    fixedWork();
    this.#millis.push(performance.now() - begin);
  }

  read(): Noise {
    const best = Math.min(...this.#millis);
    const p90Ms = quantile(this.#millis, 0.9);
    const spread = p90Ms / best - 1;
    return {
      samples: this.#millis.length,
      bestMs: best,
      medianMs: median(this.#millis),
      p90Ms,
      spread,
      load: [this.#loadBefore, loadavg()[0] ?? 0],
      isQuiet: spread <= quietSpread,
    };
  }
}

/** About ten milliseconds of arithmetic that touches no memory. */
function fixedWork(): number {
  let state = 1;
  for (let step = 0; step < 8_000_000; step += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  return state;
}
