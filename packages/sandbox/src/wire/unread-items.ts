/** A stream that brings items as long as there is room. */
export interface ItemSource {
  /** Called when nobody has read so much that no stream may bring more. */
  hold(): void;
  /** Called when there is room again. */
  goOn(): void;
}

/** The memory that items on all streams of one connection take until somebody reads them. While it is full, all of the streams wait. */
export class UnreadItems {
  readonly #limit: number;
  readonly #sources = new Set<ItemSource>();
  #held = 0;
  #isFull = false;

  /** In bytes; one item may go beyond. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Until half of it was read. */
  get isFull(): boolean {
    return this.#isFull;
  }

  join(source: ItemSource): void {
    this.#sources.add(source);
    if (this.#isFull) source.hold();
  }

  leave(source: ItemSource): void {
    this.#sources.delete(source);
  }

  add(bytes: number): void {
    this.#held += bytes;
    if (this.#isFull || this.#held < this.#limit) return;
    this.#isFull = true;
    for (const source of this.#sources) source.hold();
  }

  remove(bytes: number): void {
    this.#held -= bytes;
    if (!this.#isFull || this.#held > this.#limit / 2) return;
    this.#isFull = false;
    for (const source of this.#sources) {
      if (this.isFull) return; // by what those before have brought
      source.goOn();
    }
  }
}
