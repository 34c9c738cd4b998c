import { compressionError } from './compression-error.ts';
import { fieldBytes, type HeaderField } from './header-field.ts';

/** What the other side begins with, unless it was told to take less (RFC 9113, 6.5.2). */
const initialBytes = 4096;

/** The headers that the other side said to keep (RFC 7541, 2.3.2). */
export class DynamicTable {
  readonly #limit: number;
  #maxBytes: number;
  #bytes = 0;
  /** The newest is the last. */
  readonly #entries: HeaderField[] = [];

  /** `limit`: how large the other side may make it. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#maxBytes = Math.min(limit, initialBytes);
  }

  /** How many entries there are. */
  get length(): number {
    return this.#entries.length;
  }

  /** The entry that so many came after. */
  at(age: number): HeaderField | undefined {
    return this.#entries[this.#entries.length - 1 - age];
  }

  /** Makes room, and keeps it. One that is larger than the table empties it, and is not kept (RFC 7541, 4.4). */
  add(field: HeaderField): void {
    const bytes = fieldBytes(field);
    this.#evict(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) return;
    this.#entries.push(field);
    this.#bytes += bytes;
  }

  /** Changes how large it may become. Throws `Http2Error` when that is beyond the limit. */
  resize(maxBytes: number): void {
    if (maxBytes > this.#limit)
      throw compressionError(
        `it sent a header table size of ${maxBytes} bytes, and the limit is ${this.#limit}`,
      );
    this.#maxBytes = maxBytes;
    this.#evict(maxBytes);
  }

  #evict(maxBytes: number): void {
    while (this.#bytes > maxBytes) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) return;
      this.#bytes -= fieldBytes(oldest);
    }
  }
}
