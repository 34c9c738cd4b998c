import type { Item } from './connection.ts';

const highWaterMark = 4;
/** Of JSON: items that are so large are read one in a turn. */
const highWaterLength = 64 * 1024;

/** Items that have arrived and wait to be read; says when there are so many that the source should pause. */
export class ItemQueue implements AsyncIterable<Item> {
  readonly #items: Item[] = [];
  readonly #room: () => void;
  #length = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** `room` is called each time that the queue, once full, has been emptied. */
  constructor(room: () => void) {
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#items.length >= highWaterMark || this.#length >= highWaterLength;
  }

  push(item: Item): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#length += lengthOf(item);
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
        this.#length -= lengthOf(item);
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

function lengthOf(item: Item): number {
  return item.$case === 'value' ? item.value.json.length : 0;
}
