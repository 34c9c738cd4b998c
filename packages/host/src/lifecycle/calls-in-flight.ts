/** How many calls a plugin was given that have not ended. Dispatch counts them; the lifecycle waits for the last one. */
export class CallsInFlight {
  readonly #measuresIdleness: boolean;
  #count = 0;
  #endedAt = performance.now();
  #waiting: (() => void)[] = [];

  /** Whether {@link idleMs} is asked for: then the clock is read whenever the last call has ended. */
  constructor(measuresIdleness: boolean) {
    this.#measuresIdleness = measuresIdleness;
  }

  get count(): number {
    return this.#count;
  }

  /** How long it has had nothing to do, in milliseconds: since its last call ended, or since {@link rest}. */
  get idleMs(): number {
    return this.#count > 0 ? 0 : performance.now() - this.#endedAt;
  }

  begin(): void {
    this.#count += 1;
  }

  end(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    if (this.#measuresIdleness) this.#endedAt = performance.now();
    if (this.#waiting.length > 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** It is idle from now on: it has just come up. */
  rest(): void {
    this.#endedAt = performance.now();
  }

  /** Resolves when none is in flight. It has no deadline: whoever waits sets one. */
  whenNone(): Promise<void> {
    return this.#count === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#waiting.push(resolve);
        });
  }
}
