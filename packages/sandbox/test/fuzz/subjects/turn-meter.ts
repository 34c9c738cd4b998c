import { Pace } from './pace.ts';

const intervalMs = 5;
/** From here on it is worth to know how fast the machine is. */
const longMs = 20;

/** For how long the event loop was held up at most. */
export interface LongestTurn {
  /** By the work of this thread: the lesser of the delay of a timer and of the processor time in between, as a machine without others takes it. */
  readonly workMs: number;
  /** The processor time as it was measured. */
  readonly processorMs: number;
  /** By whatever else ran on the machine as well: the delay of a timer alone. */
  readonly delayMs: number;
}

const none: LongestTurn = { workMs: 0, processorMs: 0, delayMs: 0 };

/** The longest of each. */
export function longestOf(one: LongestTurn, other: LongestTurn): LongestTurn {
  return {
    workMs: Math.max(one.workMs, other.workMs),
    processorMs: Math.max(one.processorMs, other.processorMs),
    delayMs: Math.max(one.delayMs, other.delayMs),
  };
}

/** Finds the longest time for which the event loop of this process was held up. */
export class TurnMeter {
  readonly #pace = new Pace();
  #wall = performance.now();
  #cpu = process.threadCpuUsage();
  #longest = none;

  constructor() {
    setInterval(() => this.#look(), intervalMs).unref();
  }

  /** The longest since this was asked last. */
  takeLongest(): LongestTurn {
    this.#look();
    const longest = this.#longest;
    this.#longest = none;
    return longest;
  }

  #look(): void {
    const delayMs = performance.now() - this.#wall;
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const processorMs = Math.min(delayMs, (user + system) / 1000);
    const workMs = processorMs < longMs ? processorMs : this.#pace.calm(processorMs);
    this.#longest = longestOf(this.#longest, { workMs, processorMs, delayMs });
    this.#wall = performance.now();
    this.#cpu = process.threadCpuUsage();
  }
}
