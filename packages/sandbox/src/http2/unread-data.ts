import { Buffer } from 'node:buffer';
import type { ReceiveWindow } from './receive-window.ts';

/** What has arrived on a stream, until it is read. It is paused until it is resumed. */
export class UnreadData {
  readonly #window: ReceiveWindow;
  readonly #read: (bytes: Buffer) => void;
  readonly #chunks: Buffer[] = [];
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
    return this.#chunks.length === 0 && !this.#isReading;
  }

  /** Takes what has arrived. */
  push(bytes: Buffer): void {
    if (this.#isPaused || this.#isReading) this.#chunks.push(ownBytes(bytes));
    else this.#readAll(bytes);
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Has everything read that waits, and what comes. */
  resume(): void {
    this.#isPaused = false;
    if (!this.#isReading) this.#readAll(this.#chunks.shift());
  }

  /** Forgets what waits. */
  drop(): void {
    this.#chunks.length = 0;
  }

  /** More may be asked for while something is read. */
  #readAll(first: Buffer | undefined): void {
    this.#isReading = true;
    for (let bytes = first; bytes; bytes = this.#isPaused ? undefined : this.#chunks.shift()) {
      this.#window.read(bytes.length);
      this.#read(bytes);
    }
    this.#isReading = false;
  }
}

/** A few bytes that wait must not keep all that came with them. */
function ownBytes(bytes: Buffer): Buffer {
  return bytes.length < bytes.buffer.byteLength / 2 ? Buffer.from(bytes) : bytes;
}
