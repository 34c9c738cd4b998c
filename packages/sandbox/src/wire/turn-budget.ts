const maxTurnMs = 10;
/** What is handed over may be worked at later in the same turn, where no clock sees it: a MiB of JSON can take 50 ms. */
const maxTurnBytes = 256 * 1024;

/** So little passes before a turn is watched, as that costs more than a small message; and what a look counts as. */
const unwatchedBytes = 4096;
const lookBytes = 64;

/** Divides the work that arrives over the turns of the event loop, so that no plugin holds up the host however much it sends. */
export class TurnBudget {
  readonly #resting: (() => void)[] = [];
  #began: number | undefined;
  #bytes = 0;

  /** Whether there is time left for work in this turn of the event loop. */
  hasTime(): boolean {
    if (this.#began === undefined && this.#bytes < unwatchedBytes) {
      this.#bytes += lookBytes;
      return true;
    }
    const now = performance.now();
    if (this.#began === undefined) {
      this.#began = now;
      setImmediate(() => this.#end(now));
    }
    return this.#bytes < maxTurnBytes && now - this.#began < maxTurnMs;
  }

  /** Counts what was handed over in this turn. */
  spend(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Calls back in a later turn, first come, first served. */
  rest(resume: () => void): void {
    this.#resting.push(resume);
  }

  /** What arrives is read before immediates run, and timers after them: where work took long, timers come before there is more. */
  #end(began: number): void {
    if (performance.now() - began < maxTurnMs) this.#nextTurn();
    else setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#began = undefined;
    this.#bytes = 0;
    while (this.#resting.length > 0 && this.hasTime()) this.#resting.shift()?.();
  }
}
