import { Buffer } from 'node:buffer';
import { Queue } from './queue.ts';
import type { ReceiveWindow } from './receive-window.ts';

/** Pieces that are smaller wait together in blocks of so many bytes: each by itself would take many times its memory. */
const blockBytes = 4096;
const nothing = Buffer.alloc(0);

/** What has arrived on a stream, until it is read. It is paused until it is resumed. */
export class UnreadData {
  readonly #window: ReceiveWindow;
  readonly #read: (bytes: Buffer) => boolean;
  readonly #chunks = new Queue<Buffer>();
  /** What came last, while it is being filled. */
  #block: Buffer = nothing;
  #filled = 0;
  #isPaused = true;
  #isReading = false;

  /** `read` is called with what is read, and returns whether nobody refers to it any more. */
  constructor(window: ReceiveWindow, read: (bytes: Buffer) => boolean) {
    this.#window = window;
    this.#read = read;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether everything was read, and what came last was read to its end. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0 && this.#filled === 0 && !this.#isReading;
  }

  /** Takes what has arrived. Returns whether nobody refers to it any more. */
  push(bytes: Buffer): boolean {
    if (!this.#isPaused && !this.#isReading) return this.#readAll(bytes);
    this.#keep(bytes);
    return false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Has everything read that waits, and what comes. */
  resume(): void {
    this.#isPaused = false;
    const waiting = this.#isReading ? undefined : this.#shift();
    if (waiting) this.#readAll(waiting);
  }

  /** Forgets what waits. */
  drop(): void {
    this.#chunks.clear();
    this.#filled = 0;
  }

  /** More may be asked for while something is read. Returns whether nobody refers to the first any more. */
  #readAll(first: Buffer): boolean {
    this.#isReading = true;
    const isDone = this.#readOne(first);
    while (!this.#isPaused) {
      const bytes = this.#shift();
      if (!bytes) break;
      this.#readOne(bytes);
    }
    this.#isReading = false;
    return isDone;
  }

  #readOne(bytes: Buffer): boolean {
    this.#window.read(bytes.length);
    return this.#read(bytes);
  }

  #keep(bytes: Buffer): void {
    if (this.#filled + bytes.length > this.#block.length) this.#cut();
    if (bytes.length >= blockBytes) return this.#chunks.push(ownBytes(bytes));
    if (this.#filled === 0) this.#block = Buffer.allocUnsafeSlow(blockBytes);
    this.#filled += bytes.copy(this.#block, this.#filled);
  }

  #shift(): Buffer | undefined {
    if (this.#chunks.length === 0) this.#cut();
    return this.#chunks.shift();
  }

  #cut(): void {
    if (this.#filled > 0) this.#chunks.push(this.#block.subarray(0, this.#filled));
    this.#block = nothing;
    this.#filled = 0;
  }
}

/** Bytes that wait must not keep all that came with them. */
function ownBytes(bytes: Buffer): Buffer {
  if (bytes.length >= bytes.buffer.byteLength / 2) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
