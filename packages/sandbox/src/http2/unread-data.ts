import { Buffer } from 'node:buffer';
import type { ReceiveWindow } from './receive-window.ts';

/** Pieces that are smaller wait together in blocks of so many bytes: each by itself would take many times its memory. */
const blockBytes = 4096;
const nothing = Buffer.alloc(0);

/** What has arrived on a stream, until it is read. It is paused until it is resumed. */
export class UnreadData {
  readonly #window: ReceiveWindow;
  readonly #read: (bytes: Buffer) => void;
  readonly #chunks: Buffer[] = [];
  /** What came last, while it is being filled. */
  #block: Buffer = nothing;
  #filled = 0;
  #isPaused = true;
  #isReading = false;

  /** `read` is called with what is read. */
  constructor(window: ReceiveWindow, read: (bytes: Buffer) => void) {
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

  /** Takes what has arrived. */
  push(bytes: Buffer): void {
    if (this.#isPaused || this.#isReading) this.#keep(bytes);
    else this.#readAll(bytes);
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Has everything read that waits, and what comes. */
  resume(): void {
    this.#isPaused = false;
    if (!this.#isReading) this.#readAll(this.#shift());
  }

  /** Forgets what waits. */
  drop(): void {
    this.#chunks.length = 0;
    this.#filled = 0;
  }

  /** More may be asked for while something is read. */
  #readAll(first: Buffer | undefined): void {
    this.#isReading = true;
    for (let bytes = first; bytes; bytes = this.#isPaused ? undefined : this.#shift()) {
      this.#window.read(bytes.length);
      this.#read(bytes);
    }
    this.#isReading = false;
  }

  #keep(bytes: Buffer): void {
    if (this.#filled + bytes.length > this.#block.length) this.#cut();
    if (bytes.length >= blockBytes) return void this.#chunks.push(ownBytes(bytes));
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
