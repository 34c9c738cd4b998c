const maxTurnMs = 10;

/** Divides the work that arrives over the turns of the event loop, so that no plugin holds up the host however much it sends. */
export class TurnBudget {
  readonly #resting: (() => void)[] = [];
  #began: number | undefined;

  /** Whether there is time left for work in this turn of the event loop. */
  hasTime(): boolean {
    const now = performance.now();
    if (this.#began === undefined) {
      this.#began = now;
      setImmediate(() => this.#nextTurn());
    }
    return now - this.#began < maxTurnMs;
  }

  /** Calls back in a later turn, first come, first served. */
  rest(resume: () => void): void {
    this.#resting.push(resume);
  }

  #nextTurn(): void {
    this.#began = undefined;
    while (this.#resting.length > 0 && this.hasTime()) this.#resting.shift()?.();
  }
}
