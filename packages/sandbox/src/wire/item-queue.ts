import type { Item } from './connection.ts';
import { itemBytes } from './frame-bytes.ts';
import type { UnreadItems } from './unread-items.ts';

const highWaterMark = 4;
/** Of JSON: items that are so large are read one in a turn. */
const highWaterLength = 64 * 1024;
/** With binary data. */
const highWaterBytes = 256 * 1024;

/** Items that have arrived and wait to be read; says when there are so many that the source should pause. */
export class ItemQueue {
  readonly #items: Item[] = [];
  readonly #room: () => void;
  readonly #unread: UnreadItems | undefined;
  #length = 0;
  #bytes = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** `room` is called each time that the queue, once full, has been emptied. What it holds counts among `unread`. */
  constructor(room: () => void, unread?: UnreadItems) {
    this.#room = room;
    this.#unread = unread;
  }

  get isFull(): boolean {
    return (
      this.#items.length >= highWaterMark || this.#length >= highWaterLength || this.#bytes >= highWaterBytes
    );
  }

  push(item: Item): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#length += lengthOf(item);
    const bytes = itemBytes(item);
    this.#bytes += bytes;
    this.#unread?.add(bytes);
    this.#wake?.();
  }

  /** What is in the queue can still be read; then it ends, or throws the error. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  /** Forgets what is in the queue: nobody reads it any more. */
  drop(): void {
    this.#items.length = this.#length = 0;
    this.#forget(this.#bytes);
  }

  /** The next item that is here; `undefined` when none is. */
  shift(): Item | undefined {
    const item = this.#items.shift();
    if (!item) return undefined;
    this.#length -= lengthOf(item);
    this.#forget(itemBytes(item));
    if (this.#items.length === 0) this.#room();
    return item;
  }

  /** The next item; `undefined` at the end. Throws what the stream broke off with. */
  async take(): Promise<Item | undefined> {
    for (;;) {
      const item = this.shift();
      if (item) return item;
      if (this.#error) throw this.#error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #forget(bytes: number): void {
    this.#bytes -= bytes;
    this.#unread?.remove(bytes);
  }
}

function lengthOf(item: Item): number {
  return item.$case === 'value' ? item.value.json.length : 0;
}
