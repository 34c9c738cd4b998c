import type { Readable } from 'node:stream';

const windowMs = 1000;

/**
 * Reads streams at a bounded rate, all of them together. What comes faster stays in the pipe until the next second, so that
 * the plugin waits and neither the memory nor the processor of the host is filled.
 */
export class OutputRate {
  readonly #bytesPerSecond: number;
  readonly #streams = new Set<Readable>();
  #bytesLeft: number;
  #timer: NodeJS.Timeout | undefined;
  #isReleased = false;

  constructor(kibPerSecond: number) {
    this.#bytesPerSecond = kibPerSecond * 1024;
    this.#bytesLeft = this.#bytesPerSecond;
  }

  /** Hands over what a stream has, as bytes, no faster than it may. Resolves when the stream has ended. */
  async read(stream: Readable, take: (chunk: Uint8Array) => void): Promise<void> {
    if (stream.closed) return;
    const over = Promise.withResolvers<void>();
    this.#streams.add(stream);
    stream.on('data', (chunk: Uint8Array) => {
      take(chunk);
      this.#spend(chunk.byteLength);
    });
    stream.on('close', over.resolve);
    stream.on('error', () => undefined); // the exit of the process tells
    await over.promise;
    this.#streams.delete(stream);
    if (this.#streams.size === 0) clearTimeout(this.#timer);
  }

  /** Reads the rest at once: the process is gone, and what is left is no more than the pipes hold (pipe(7)). */
  release(): void {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    for (const stream of this.#streams) stream.resume();
  }

  #spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#isReleased) return;
    this.#timer ??= setTimeout(() => this.#refill(), windowMs).unref();
    if (this.#bytesLeft <= 0) for (const stream of this.#streams) stream.pause();
  }

  /** A chunk may be larger than what was left: that is owed. */
  #refill(): void {
    this.#bytesLeft = Math.min(this.#bytesLeft, 0) + this.#bytesPerSecond;
    const isPaused = this.#bytesLeft <= 0;
    this.#timer = isPaused ? setTimeout(() => this.#refill(), windowMs).unref() : undefined;
    if (!isPaused) for (const stream of this.#streams) stream.resume();
  }
}
