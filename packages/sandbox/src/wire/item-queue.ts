import type { Item } from './connection.ts';

const highWaterMark = 4;

/** Items that have arrived and wait to be read; says when there are so many that the source should pause. */
export class ItemQueue implements AsyncIterable<Item> {
  readonly #items: Item[] = [];
  readonly #room: () => void;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** `room` is called each time that the queue, once full, has been emptied. */
  constructor(room: () => void) {
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#items.length >= highWaterMark;
  }

  push(item: Item): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** What is in the queue can still be read; then it ends, or throws the error. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  /** The next item; `undefined` at the end. Throws what the stream broke off with. */
  async take(): Promise<Item | undefined> {
    for (;;) {
      const item = this.#items.shift();
      if (item) {
        if (this.#items.length === 0) this.#room();
        return item;
      }
      if (this.#error) throw this.#error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for (let item = await this.take(); item; item = await this.take()) yield item;
  }
}
