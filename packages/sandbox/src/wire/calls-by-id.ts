/** A call, by the id that its caller gave it. */
interface Identified {
  readonly id: number;
}

/** A power of two, as all that follow it. */
const fewestPlaces = 64;

/**
 * The calls that have not ended. A `Map` would do, were it not for the collector of garbage: a table that a busy one has outgrown keeps
 * what it held, and the table after it, until the whole heap is marked; by that most calls that ever were outlive their end. So a call
 * stands in a list, at a place that follows from its id, and only one that lasts until another needs its place moves to a map.
 */
export class CallsById<Call extends Identified> {
  readonly #lasting = new Map<number, Call>();
  #places: (Call | undefined)[] = emptyPlaces(fewestPlaces);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a call, of an id that none of the others has. */
  add(call: Call): void {
    if (2 * ++this.#size > this.#places.length) this.#makeRoom();
    this.#put(call);
  }

  get(id: number): Call | undefined {
    const call = this.#places[this.#placeOf(id)];
    return call?.id === id ? call : this.#lasting.get(id);
  }

  /** Takes a call out. */
  take(id: number): Call | undefined {
    const call = this.get(id);
    if (!call) return undefined;
    this.#size--;
    const place = this.#placeOf(id);
    if (this.#places[place] === call) this.#places[place] = undefined;
    else this.#lasting.delete(id);
    return call;
  }

  /** Oldest first, as ids count up. */
  all(): readonly Call[] {
    const recent = this.#places.filter((call) => call !== undefined);
    return [...this.#lasting.values(), ...recent].toSorted((one, other) => one.id - other.id);
  }

  #placeOf(id: number): number {
    return id & (this.#places.length - 1);
  }

  #put(call: Call): void {
    const place = this.#placeOf(call.id);
    const before = this.#places[place];
    if (before) this.#lasting.set(before.id, before);
    this.#places[place] = call;
  }

  #makeRoom(): void {
    const places = this.#places;
    this.#places = emptyPlaces(2 * places.length);
    for (const call of places) if (call) this.#put(call);
  }
}

function emptyPlaces<Call>(count: number): (Call | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
