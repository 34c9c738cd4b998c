/** How long the timer sleeps at most: so long it may keep a process alive after the last call, in milliseconds. */
const longestSleepMs = 500;
/** So many are taken at least before those that were left are taken again. */
const fewestPlaces = 256;

/** Something that has a time by which it must be over. It knows its own place, so that to enter and leave cost nothing. */
export interface Expiring {
  /** When its time is over, as `performance.now()` counts; missing where it has no end. */
  expiresAt: number | undefined;
  /** Where it stands among all; -1 where it does not. */
  place: number;

  /** Whose it is: what has ended for its owner is given up together. */
  readonly owner: object;

  /** Called once, when the time is over; it stands nowhere any more. */
  expire(): void;

  /** Ends it before its time. */
  giveUp(error: Error): void;
}

/**
 * The deadlines of all calls of a host, with one timer for all of them: a timer for each call costs more than the rest of the call.
 * The timer runs while something stands here that has an end, and half a second longer at most.
 */
export class CallDeadlines {
  /** Who came first stands first. A place that was left stays free until they run out. */
  readonly #places: (Expiring | undefined)[] = [];
  #taken = 0;
  #most = fewestPlaces;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  /**
   * `now` is the time of the clock, which its caller has read already, unless the entry has all the time: then both are missing. What is no
   * positive number is no time at all.
   */
  add(entry: Expiring, timeoutMs: number | undefined, now: number | undefined): void {
    if (this.#taken === this.#most) this.#compact();
    entry.place = this.#taken;
    this.#places[this.#taken] = entry;
    this.#taken += 1;
    if (timeoutMs === undefined || now === undefined || timeoutMs === Infinity) return;
    const expiresAt = now + (timeoutMs > 0 ? timeoutMs : 0);
    entry.expiresAt = expiresAt;
    if (expiresAt < this.#wakesAt) this.#sleep(expiresAt, now);
  }

  remove(entry: Expiring): void {
    const { place } = entry;
    if (place < 0) return;
    entry.place = -1;
    entry.expiresAt = undefined;
    this.#places[place] = undefined;
    if (place === this.#taken - 1) this.#taken = place;
  }

  /** Everything that stands here now. */
  all(): readonly Expiring[] {
    return this.#places.slice(0, this.#taken).filter((entry) => entry !== undefined);
  }

  /** Moves all of them to the first places. Always in the same list: one that is thrown away keeps what it held from the collector. */
  #compact(): void {
    const standing = this.all();
    this.#places.fill(undefined, standing.length, this.#taken);
    for (const [place, entry] of standing.entries()) this.#places[(entry.place = place)] = entry;
    this.#taken = standing.length;
    this.#most = Math.max(fewestPlaces, 4 * standing.length);
  }

  #sleep(until: number, now: number): void {
    const sleepMs = Math.min(until - now, longestSleepMs);
    if (now + sleepMs >= this.#wakesAt) return;
    this.#wakesAt = now + sleepMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wake(), sleepMs);
  }

  #wake(): void {
    this.#timer = undefined;
    this.#wakesAt = Infinity;
    const now = performance.now();
    const over: Expiring[] = [];
    let next = Infinity;
    for (const entry of this.all()) {
      const { expiresAt = Infinity } = entry;
      // A timer counts whole milliseconds, the clock their fractions.
      if (expiresAt - now < 1) over.push(entry);
      else next = Math.min(next, expiresAt);
    }
    for (const entry of over.toSorted((one, other) => (one.expiresAt ?? 0) - (other.expiresAt ?? 0))) {
      if (entry.place < 0) continue; // what expired before has ended it
      this.remove(entry);
      entry.expire();
    }
    if (next < Infinity) this.#sleep(next, now);
  }
}
