/** How long the timer sleeps at most: so long it may keep a process alive after the last call, in milliseconds. */
const longestSleepMs = 500;

/** Something that has a time by which it must be over. It is a link of the list that it stands in, so that to enter and leave cost nothing. */
export interface Expiring {
  /** When its time began, in milliseconds, as `performance.now()` counts; nobody asks where it has no end. */
  since: number | undefined;
  list: ExpiryList | undefined;
  before: Expiring | undefined;
  after: Expiring | undefined;

  /** Whose it is: what has ended for its owner is given up together. */
  readonly owner: object;

  /** Called once, when the time is over; it stands in no list any more. */
  expire(): void;

  /** Ends it before its time. */
  giveUp(error: Error): void;
}

/** Those that were given the same time. Only the last one is known: to keep the first one too costs each call as much again. */
export class ExpiryList {
  readonly timeoutMs: number;
  last: Expiring | undefined;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  append(entry: Expiring): void {
    const { last } = this;
    if (last) last.after = entry;
    entry.before = last;
    entry.list = this;
    this.last = entry;
  }

  remove(entry: Expiring): void {
    const { before, after } = entry;
    if (before) before.after = after;
    if (after) after.before = before;
    else this.last = before;
    entry.list = entry.before = entry.after = undefined;
  }

  /** All of them, who came last first. */
  *[Symbol.iterator](): Generator<Expiring> {
    for (let entry = this.last; entry; entry = entry.before) yield entry;
  }
}

/**
 * The deadlines of all calls of a host, with one timer for all of them: a timer for each call costs more than the rest of the call.
 * The timer runs while something stands here that has an end, and half a second longer at most.
 */
export class CallDeadlines {
  readonly #endless = new ExpiryList(Infinity);
  readonly #lists = new Map<number, ExpiryList>();
  /** One of them: most calls are given the time that the one before was given. */
  #recent: ExpiryList | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  /**
   * `now` is the time of the clock, which its caller has read already, unless the entry has all the time: then both are missing. What is no
   * positive number is no time at all.
   */
  add(entry: Expiring, timeoutMs: number | undefined, now: number | undefined): void {
    if (timeoutMs === undefined || now === undefined) return this.#endless.append(entry);
    const list =
      this.#recent?.timeoutMs === timeoutMs ? this.#recent : this.#listOf(timeoutMs > 0 ? timeoutMs : 0);
    entry.since = now;
    list.append(entry);
    const expiresAt = now + list.timeoutMs;
    if (expiresAt < this.#wakesAt) this.#sleep(expiresAt, now);
  }

  remove(entry: Expiring): void {
    entry.list?.remove(entry);
  }

  /** Everything that stands here now. */
  all(): readonly Expiring[] {
    return [this.#endless, ...this.#lists.values()].flatMap((list) => [...list].toReversed());
  }

  #listOf(timeoutMs: number): ExpiryList {
    if (timeoutMs === Infinity) return this.#endless;
    const list = this.#lists.get(timeoutMs) ?? new ExpiryList(timeoutMs);
    this.#lists.set(timeoutMs, list);
    return (this.#recent = list);
  }

  #forget(timeoutMs: number, list: ExpiryList): void {
    this.#lists.delete(timeoutMs);
    if (this.#recent === list) this.#recent = undefined;
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
    let next = Infinity;
    for (const [timeoutMs, list] of this.#lists) {
      const entries = [...list];
      // A timer counts whole milliseconds, the clock their fractions.
      for (let entry = entries.pop(); entry; entry = entries.pop()) {
        const expiresAt = (entry.since ?? 0) + timeoutMs;
        if (expiresAt - now >= 1) {
          next = Math.min(next, expiresAt);
          break;
        }
        if (entry.list !== list) continue; // what expired before has ended it
        list.remove(entry);
        entry.expire();
      }
      if (!list.last) this.#forget(timeoutMs, list);
    }
    if (this.#lists.size > 0) this.#sleep(next, now);
  }
}
