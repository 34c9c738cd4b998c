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

  add(member: Member): void {
    this.#members.add(member);
  }

  remove(member: Member): void {
    this.#members.delete(member);
  }

  /** The one with the fewest calls in flight; of several, the one that was given one the longest time ago. */
  leastBusy(): Member {
    let [found] = this.#members as Iterable<Member> as [Member];
    for (const member of this.#members) if (member.callsInFlight < found.callsInFlight) found = member;
    this.#members.delete(found);
    this.#members.add(found);
    return found;
  }

  [Symbol.iterator](): Iterator<Member> {
    return this.#members.values();
  }
}
