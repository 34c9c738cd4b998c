/** Something that has a time by which it must be over, by `performance.now()`; `Infinity` for none. */
export interface Expiring {
  readonly expiresAt: number;
  expire(): void;
}

/** Node takes a longer delay for one of 1 ms, and a fraction of a millisecond is enough to be longer. */
const maxDelayMs = 2_147_483_647;

/** One timer for all that is under way: one for each costs more than most calls. */
export class SharedTimer {
  readonly #underWay: () => Iterable<Expiring>;
  #wakesAt = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** What has ended is no longer among what is `underWay`. */
  constructor(underWay: () => Iterable<Expiring>) {
    this.#underWay = underWay;
  }

  /** Something was added that expires then. */
  wakeAt(expiresAt: number, now: number): void {
    if (expiresAt >= this.#wakesAt) return;
    this.#wakesAt = expiresAt;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wake(), Math.min(expiresAt - now, maxDelayMs)).unref();
  }

  #wake(): void {
    const now = performance.now();
    this.#wakesAt = Infinity;
    let next = Infinity;
    for (const one of this.#underWay()) {
      if (one.expiresAt - now < 1) one.expire(); // a timer counts whole milliseconds, the clock their fractions
      else next = Math.min(next, one.expiresAt);
    }
    if (next !== Infinity) this.wakeAt(next, now);
  }
}
