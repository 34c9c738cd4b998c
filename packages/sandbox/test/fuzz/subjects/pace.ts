const text = JSON.stringify(Array.from({ length: 4000 }, (_, index) => ({ id: index, name: `n${index}` })));
const samples = 5;

/**
 * How fast this thread is now, by a fixed piece of work, against the fastest that it ever was: processor time grows with what others on
 * the machine do to its caches and to the other half of its core.
 */
export class Pace {
  #fastestMs = Infinity;

  constructor() {
    for (let count = 0; count < 10; count++) this.#measure();
  }

  /** What processor time that was just spent would have been on a machine without others. */
  calm(processorMs: number): number {
    const nowMs = this.#measure();
    return processorMs * (this.#fastestMs / nowMs);
  }

  /** By the clock, as the kernel counts processor time in ticks; the fastest of a few, which nobody has interrupted. */
  #measure(): number {
    let fastestMs = Infinity;
    for (let count = 0; count < samples; count++) {
      const start = performance.now();
      JSON.parse(text);
      fastestMs = Math.min(fastestMs, performance.now() - start);
    }
    this.#fastestMs = Math.min(this.#fastestMs, fastestMs);
    return fastestMs;
  }
}
