import { Buffer } from 'node:buffer';
import { ProtocolViolation } from './protocol-violation.ts';
import type { UnfinishedBytes } from './unfinished-bytes.ts';

const prefixBytes = 5;
const smallBytes = 64 * 1024;
/** The memory of a message is so many times what has arrived of it, at most. */
const growth = 4;
const nothing = Buffer.alloc(0);

/**
 * Cuts the bytes of a gRPC stream into messages (a flag, the length, the message: "gRPC over HTTP2", Length-Prefixed-Message).
 * The memory of a message grows with what has arrived of it, not with the length that is claimed, and however small the pieces.
 */
export class MessageReader {
  readonly #limit: number;
  readonly #unfinished: UnfinishedBytes;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #prefixFilled = 0;
  #chunk: Buffer = nothing;
  #message: Buffer = nothing;
  #filled = 0;

  /** `limit` is the length of the largest message that is taken. */
  constructor(limit: number, unfinished: UnfinishedBytes) {
    this.#limit = limit;
    this.#unfinished = unfinished;
  }

  /** Whether everything that was fed has been read. */
  get isEmpty(): boolean {
    return this.#chunk.length === 0;
  }

  /** Takes bytes; those before must have been read. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
  }

  /** The next message, or `undefined` when more bytes are needed. Throws `ProtocolViolation`. */
  next(): Buffer | undefined {
    if (!this.#readPrefix()) return undefined;
    const length = this.#prefix.readUInt32BE(1);
    if (this.#filled === 0 && this.#chunk.length >= length) {
      this.#prefixFilled = 0;
      return this.#take(length);
    }
    return this.#collect(length);
  }

  /** Forgets what is unfinished. */
  close(): void {
    this.#unfinished.release(this.#message.length);
    this.#message = this.#chunk = nothing;
  }

  #readPrefix(): boolean {
    if (this.#prefixFilled === prefixBytes) return true;
    const part = this.#take(Math.min(prefixBytes - this.#prefixFilled, this.#chunk.length));
    this.#prefixFilled += part.copy(this.#prefix, this.#prefixFilled);
    if (this.#prefixFilled < prefixBytes) return false;
    if (this.#prefix[0] !== 0)
      throw new ProtocolViolation('it sent a compressed message, and none is ever unpacked');
    const length = this.#prefix.readUInt32BE(1);
    if (length > this.#limit)
      throw new ProtocolViolation(`it sent a message of ${length} bytes, and the limit is ${this.#limit}`);
    return true;
  }

  #collect(length: number): Buffer | undefined {
    const part = this.#take(Math.min(length - this.#filled, this.#chunk.length));
    this.#reserve(Math.min(length, smallBytes), length, this.#filled + part.length);
    this.#filled += part.copy(this.#message, this.#filled);
    if (this.#filled < length) return undefined;
    const message = this.#message;
    this.#unfinished.release(message.length);
    this.#message = nothing;
    this.#filled = this.#prefixFilled = 0;
    return message;
  }

  #reserve(atLeast: number, atMost: number, needed: number): void {
    const size = this.#message.length;
    if (needed <= size) return;
    const larger = Math.min(atMost, Math.max(atLeast, growth * needed));
    this.#unfinished.hold(larger - size);
    const grown = Buffer.allocUnsafe(larger);
    this.#message.copy(grown);
    this.#message = grown;
  }

  #take(length: number): Buffer {
    const part = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return part;
  }
}
