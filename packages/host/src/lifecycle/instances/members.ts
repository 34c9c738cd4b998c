import type { Member } from './member.ts';

/** The sandboxes that take calls of one plugin, in the order in which they were last given one. There is always one. */
export class Members implements Iterable<Member> {
  readonly #members: Set<Member>;

  constructor(members: readonly [Member, ...Member[]]) {
    this.#members = new Set(members);
  }

  get count(): number {
    return this.#members.size;
  }

  /** How many of them answer; one at least, which tells whoever calls it why it does not. */
  get answering(): number {
    let answering = 0;
    for (const { isEnding } of this.#members) if (!isEnding) answering += 1;
    return Math.max(1, answering);
  }

  add(member: Member): void {
    this.#members.add(member);
  }

  remove(member: Member): void {
    this.#members.delete(member);
  }

  /**
   * The one with the fewest calls in flight; of several, the one that was given one the longest time ago. One whose end is known is taken
   * when there is no other: its calls fail one after the other, and it would seem to be the least busy of all.
   */
  leastBusy(): Member {
    let [found] = this.#members as Iterable<Member> as [Member];
    for (const member of this.#members) if (isBetter(member, found)) found = member;
    this.#members.delete(found);
    this.#members.add(found);
    return found;
  }

  [Symbol.iterator](): Iterator<Member> {
    return this.#members.values();
  }
}

function isBetter(member: Member, other: Member): boolean {
  if (member.isEnding !== other.isEnding) return other.isEnding;
  return member.callsInFlight < other.callsInFlight;
}
