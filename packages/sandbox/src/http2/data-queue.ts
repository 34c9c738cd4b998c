import { Queue } from './queue.ts';

/** Something to be sent, and who is told when it is needed no more. */
interface QueuedData {
  readonly bytes: Uint8Array;
  released: (() => void) | undefined;
  position: number;
}

/** What a stream has still to send. */
export class DataQueue {
  readonly #parts = new Queue<QueuedData>();
  #bytes = 0;

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `released` is called with the last of these bytes. */
  push(parts: readonly Uint8Array[], released?: () => void): void {
    let last: QueuedData | undefined;
    for (const bytes of parts) {
      if (bytes.byteLength === 0) continue;
      last = { bytes, released: undefined, position: 0 };
      this.#parts.push(last);
      this.#bytes += bytes.byteLength;
    }
    if (last) last.released = released;
    else released?.();
  }

  /** Takes the next bytes, at most so many, of one part. `released` comes with the last of it. */
  take(
    atMost: number,
  ): { readonly bytes: Uint8Array; readonly released?: (() => void) | undefined } | undefined {
    const part = this.#parts.first;
    if (!part) return undefined;
    const { bytes, released, position } = part;
    const length = Math.min(atMost, bytes.byteLength - position);
    this.#bytes -= length;
    part.position += length;
    if (part.position < bytes.byteLength) return { bytes: bytes.subarray(position, part.position) };
    this.#parts.shift();
    return { bytes: position === 0 ? bytes : bytes.subarray(position), released };
  }

  /** Forgets everything. Nobody is told. */
  drop(): void {
    this.#parts.clear();
    this.#bytes = 0;
  }
}
