const maxTurnMs = 10;
/**
 * What is handed over may be worked at later in the same turn, where no clock sees it: 128 KiB of JSON can take 40 ms, and so can a message
 * of any size, by the bound of its parts.
 */
const maxTurnBytes = 128 * 1024;
/** Binary data is only handed on: it counts as so much of what it is. */
const binaryShare = 1 / 8;

/** So little passes before a turn is watched, as that costs more than a small message; and what a look counts as. */
const unwatchedBytes = 4096;
const lookBytes = 64;

/** Divides the work that arrives over the turns of the event loop, so that no plugin holds up the host however much it sends. */
export class TurnBudget {
  readonly #tidyUp: () => void;
  readonly #resting: (() => void)[] = [];
  #began: number | undefined;
  #bytes = 0;

  /** `tidyUp` is called between two turns that had much to do, before there is work again. */
  constructor(tidyUp: () => void) {
    this.#tidyUp = tidyUp;
  }

  /** Whether there is time left for work in this turn of the event loop. */
  hasTime(): boolean {
    if (this.#began === undefined) this.spend(lookBytes);
    if (this.#began === undefined) return true;
    return this.#bytes < maxTurnBytes && performance.now() - this.#began < maxTurnMs;
  }

  /** Counts what is handed over in this turn, before anybody works at it; `binaryBytes` of it are data. */
  spend(bytes: number, binaryBytes = 0): void {
    this.#bytes += bytes - binaryBytes * (1 - binaryShare);
    if (this.#began !== undefined || this.#bytes < unwatchedBytes) return;
    const now = (this.#began = performance.now());
    setImmediate(() => this.#end(now));
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
    this.#tidyUp();
    while (this.#resting.length > 0 && this.hasTime()) this.#resting.shift()?.();
  }
}
