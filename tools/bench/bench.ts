import type { Progress } from '../prove/finding.ts';
import { NoiseMeter } from './machine/noise.ts';

/** How long and how often is measured. */
export interface Pace {
  readonly isQuick: boolean;
  readonly warmUpMs: number;
  /** Before each repetition, because others ran in between. */
  readonly settleMs: number;
  readonly forMs: number;
  readonly repetitions: number;
}

/** What figures are quoted from. */
export const fullPace: Pace = { isQuick: false, warmUpMs: 1200, settleMs: 60, forMs: 400, repetitions: 9 };
/** A look at whether everything works; too short to quote. */
export const quickPace: Pace = { isQuick: true, warmUpMs: 400, settleMs: 10, forMs: 60, repetitions: 3 };

/** What a section is given: how much to measure, and whom to tell how far it is. */
export class Bench {
  readonly pace: Pace;
  readonly noise = new NoiseMeter();
  readonly #show: Progress;
  #steps = 1;
  #done = 0;

  constructor(pace: Pace, show: Progress) {
    this.pace = pace;
    this.#show = show;
  }

  /** A section says how many steps it will take. */
  expect(steps: number): void {
    this.#steps = steps;
    this.#done = 0;
  }

  /** Every step looks at the machine, so that the noise is that of the whole run. */
  step(doing: string): void {
    this.#show(doing, Math.min(1, this.#done++ / this.#steps));
    this.noise.sample();
  }
}
