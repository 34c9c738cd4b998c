import { Buffer } from 'node:buffer';
import type { OnReadOpts, Socket } from 'node:net';

/** What Node reads at once by itself. */
const readBytes = 64 * 1024;
/** What arrives in so many bytes comes in memory of its own, which is worth to be let go by itself. */
const largeBytes = 32 * 1024;

/** Where the chunks come from that arrive on a socket. */
export interface ReceivedChunks {
  /** Hands over what arrives from now on. */
  deliverTo(take: (chunk: Buffer) => void): void;
  /** Nobody refers to this chunk any more. */
  letGo(chunk: Buffer): void;
}

/** Each in memory of its own, as Node reads by itself. */
export class OwnedChunks implements ReceivedChunks {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  deliverTo(take: (chunk: Buffer) => void): void {
    this.#socket.on('data', take);
  }

  /** The memory is free at once, and not when garbage is collected. */
  letGo({ buffer, length }: Buffer): void {
    if (length >= largeBytes && length === buffer.byteLength && buffer instanceof ArrayBuffer)
      buffer.transfer(0);
  }
}

/**
 * One after the other in the same memory, where nobody refers to the one before: that spares a tenth of what a short message there and back
 * costs. Node reads so for who connects, and not for who listens.
 */
export class ReusedChunks implements ReceivedChunks {
  /** For `net.connect`. */
  readonly onread: OnReadOpts;
  #memory = Buffer.allocUnsafeSlow(readBytes);
  #isFree = true;
  #take: ((chunk: Buffer) => void) | undefined;

  constructor() {
    this.onread = { buffer: () => this.#next(), callback: (length) => this.#receive(length) };
  }

  deliverTo(take: (chunk: Buffer) => void): void {
    this.#take = take;
  }

  letGo({ buffer }: Buffer): void {
    if (buffer === this.#memory.buffer) this.#isFree = true;
  }

  #receive(length: number): boolean {
    this.#isFree = false;
    this.#take?.(this.#memory.subarray(0, length));
    return true; // goes on
  }

  #next(): Buffer {
    if (!this.#isFree) this.#memory = Buffer.allocUnsafeSlow(readBytes);
    this.#isFree = true;
    return this.#memory;
  }
}
