const intervalMs = 5;

/**
 * Finds the longest time for which the event loop was held up by work of this process: the lesser of the delay of a timer and of the
 * processor time of this thread in between. Other programs on the machine prolong the first alone.
 */
export class TurnMeter {
  #wall = performance.now();
  #cpu = process.threadCpuUsage();
  #longestMs = 0;

  constructor() {
    setInterval(() => this.#look(), intervalMs).unref();
  }

  /** The longest since this was asked last. */
  takeLongestMs(): number {
    this.#look();
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return longest;
  }

  #look(): void {
    const wall = performance.now();
    const { user, system } = process.threadCpuUsage(this.#cpu);
    this.#longestMs = Math.max(this.#longestMs, Math.min(wall - this.#wall, (user + system) / 1000));
    this.#wall = wall;
    this.#cpu = process.threadCpuUsage();
  }
}
