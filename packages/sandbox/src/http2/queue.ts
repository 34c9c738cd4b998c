const fewestPlaces = 8;

/**
 * First in, first out. An array would do, were it not that V8 asks its runtime for a `shift` that leaves little of it: here most queues have
 * one item, and then none.
 */
export class Queue<Item extends object> {
  /** A ring of them: a power of two. */
  #places = emptyPlaces<Item>(fewestPlaces);
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Who is next; `undefined` when there is nobody. */
  get first(): Item | undefined {
    return this.#places[this.#first];
  }

  push(item: Item): void {
    if (this.#length === this.#places.length) this.#makeRoom();
    this.#places[this.#placeOf(this.#length++)] = item;
  }

  shift(): Item | undefined {
    const item = this.first;
    if (!item) return undefined;
    this.#places[this.#first] = undefined;
    this.#first = this.#placeOf(1);
    this.#length--;
    return item;
  }

  /** Takes one out, wherever it stands. */
  remove(item: Item): void {
    let kept = 0;
    for (let index = 0; index < this.#length; index++) {
      const place = this.#placeOf(index);
      const other = this.#places[place];
      this.#places[place] = undefined;
      if (other !== item) this.#places[this.#placeOf(kept++)] = other;
    }
    this.#length = kept;
  }

  clear(): void {
    this.#places = emptyPlaces(fewestPlaces);
    this.#first = this.#length = 0;
  }

  #placeOf(index: number): number {
    return (this.#first + index) & (this.#places.length - 1);
  }

  #makeRoom(): void {
    const inOrder = [...this.#places.slice(this.#first), ...this.#places.slice(0, this.#first)];
    this.#places = [...inOrder, ...emptyPlaces<Item>(inOrder.length)];
    this.#first = 0;
  }
}

function emptyPlaces<Item>(count: number): (Item | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
