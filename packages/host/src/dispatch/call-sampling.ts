/** Of so many calls one is timed, where they come quickly. */
const sampleSize = 64;

/**
 * Which calls of a method are timed, for the clock costs as much as half of a call in process. Each one is, until 64 in a row have come
 * faster than a thousand a second; then one in 64, until they come slower. One that is timed stands for all since the one before.
 */
export class CallSampling {
  /** Of so many calls one is timed at present, and after so many more it is. */
  #period = 1;
  #left = 0;
  #inARow = 0;
  #timedAt = -Infinity;

  /** A call has reached the plugin: for how many it stands, itself included; 0 for one that is not timed. */
  next(): number {
    if (this.#left === 0) return this.#period;
    this.#left -= 1;
    return 0;
  }

  /** A call that is timed began `now`, in milliseconds, as `performance.now()` counts. */
  timed(now: number): void {
    this.#inARow = now - this.#timedAt < this.#period ? this.#inARow + 1 : 0;
    this.#period = this.#inARow < sampleSize ? 1 : sampleSize;
    this.#left = this.#period - 1;
    this.#timedAt = now;
  }
}
