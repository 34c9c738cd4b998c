const intervalMs = 5;

/** For how long the event loop was held up at most. */
export interface LongestTurn {
  /** By the work of this process: the lesser of the delay of a timer and of the processor time of this thread in between. */
  readonly workMs: number;
  /** By whatever else ran on the machine as well: the delay of a timer alone. */
  readonly delayMs: number;
}

/** Finds the longest time for which the event loop of this process was held up, and how much memory the process took. */
export class TurnMeter {
  #wall = performance.now();
  #cpu = process.threadCpuUsage();
  #workMs = 0;
  #delayMs = 0;

  constructor() {
    setInterval(() => this.#look(), intervalMs).unref();
  }

  /** The longest since this was asked last. */
  takeLongest(): LongestTurn {
    this.#look();
    const longest = { workMs: this.#workMs, delayMs: this.#delayMs };
    this.#workMs = this.#delayMs = 0;
    return longest;
  }

  #look(): void {
    const wall = performance.now();
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const delayMs = wall - this.#wall;
    this.#delayMs = Math.max(this.#delayMs, delayMs);
    this.#workMs = Math.max(this.#workMs, Math.min(delayMs, (user + system) / 1000));
    this.#wall = wall;
    this.#cpu = process.threadCpuUsage();
  }
}
