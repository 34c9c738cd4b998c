import type { CallBounds } from './call-bounds.ts';

/** A call that waits for its turn. */
export interface Waiting {
  /** It has a place now. */
  admit(): void;
}

/** Lets so many calls to a plugin at the same time, and has the others wait in a line. */
export class CallGate {
  readonly bounds: CallBounds;
  /** Why all calls were given up, once that is so. */
  closed: Error | undefined;
  readonly #line = new Set<Waiting>(); // in the order of their arrival
  #running = 0;

  constructor(bounds: CallBounds) {
    this.bounds = bounds;
  }

  /** Takes a place, if one is free and nobody waits for it. */
  enter(): boolean {
    if (this.#line.size > 0 || this.#running >= this.bounds.maxConcurrent) return false;
    this.#running += 1;
    return true;
  }

  /** Has a call wait for a place; `false` when as many wait as may. */
  queue(call: Waiting): boolean {
    if (this.#line.size >= this.bounds.maxQueued) return false;
    this.#line.add(call);
    return true;
  }

  /** A call that waits has given up. */
  giveUp(call: Waiting): void {
    this.#line.delete(call);
  }

  /** Gives a place back: the call that waited longest has it now. There may be more places by now, or fewer. */
  leave(): void {
    this.#running -= 1;
    if (this.#line.size === 0) return;
    for (const next of this.#line) {
      if (this.#running >= this.bounds.maxConcurrent) return;
      this.#line.delete(next);
      this.#running += 1;
      next.admit();
    }
  }
}
