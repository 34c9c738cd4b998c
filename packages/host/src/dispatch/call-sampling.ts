/** Of so many calls one is timed, where they come quickly. */
const sampleSize = 64;

/**
 * Which calls of a method are timed, for the clock costs as much as half of a call in process. Each one is, until 64 in a row have come
 * faster than a thousand a second; then one in 64, until they come slower. One that is timed stands for all since the one before.
 */
export class CallSampling {
  #untilTimed = 0;
  #inARow = 0;
  #timedAt = -Infinity;
  #standing = 0;

  /** Whether the call that begins is to be timed; {@link timed} is told when that was. */
  next(): boolean {
    if (this.#untilTimed === 0) return true;
    this.#untilTimed -= 1;
    return false;
  }

  /** A call that is timed begins `now`, in milliseconds, as `performance.now()` counts. */
  timed(now: number): void {
    const calls = this.#inARow < sampleSize ? 1 : sampleSize;
    this.#inARow = now - this.#timedAt < calls ? this.#inARow + 1 : 0;
    this.#untilTimed = this.#inARow < sampleSize ? 0 : sampleSize - 1;
    this.#timedAt = now;
  }

  /** A call has reached the plugin: for how many it stands, itself included; 0 for one that is not timed. */
  weigh(isTimed: boolean): number {
    this.#standing += 1;
    if (!isTimed) return 0;
    const weight = this.#standing;
    this.#standing = 0;
    return weight;
  }
}
