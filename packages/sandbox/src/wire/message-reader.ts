import { Buffer } from 'node:buffer';
import { ProtocolViolation } from './protocol-violation.ts';
import type { UnfinishedBytes } from './unfinished-bytes.ts';

const prefixBytes = 5;
/** A message that is no longer has its memory at once: an item of 64 KiB, with what stands around it. */
const smallBytes = 65 * 1024;
/** The memory of a message is so many times what has arrived of it, at most, where little is left for what is claimed. */
const growth = 4;
const nothing = Buffer.alloc(0);

/**
 * Cuts the bytes of a gRPC stream into messages (a flag, the length, the message: "gRPC over HTTP2", Length-Prefixed-Message).
 * The memory of messages grows with what has arrived of them, not with the length that is claimed, and however small the pieces: but for a
 * few, which have it at once.
 */
export class MessageReader {
  readonly #limit: number;
  readonly #unfinished: UnfinishedBytes;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #prefixFilled = 0;
  /** Of the message that has begun; -1 while none has. */
  #length = -1;
  #chunk: Buffer = nothing;
  #position = 0;
  #message: Buffer = nothing;
  #filled = 0;
  #isPart = false;

  /** `limit` is the length of the largest message that is taken. */
  constructor(limit: number, unfinished: UnfinishedBytes) {
    this.#limit = limit;
    this.#unfinished = unfinished;
  }

  /** Whether everything that was fed has been read. */
  get isEmpty(): boolean {
    return this.#position === this.#chunk.length;
  }

  /** Takes bytes; those before must have been read. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#position = 0;
  }

  /** Whether the message that was read last is a part of what was fed, and no copy. */
  get isPart(): boolean {
    return this.#isPart;
  }

  /** The next message, or `undefined` when more bytes are needed. Throws `ProtocolViolation`. */
  next(): Buffer | undefined {
    if (this.#length < 0) this.#readPrefix();
    const message = this.#length < 0 ? undefined : this.#read(this.#length);
    if (message) return message;
    this.#chunk = nothing;
    this.#position = 0;
    return undefined;
  }

  /** Forgets what is unfinished. */
  close(): void {
    this.#unfinished.release(this.#message.length);
    this.#message = this.#chunk = nothing;
    this.#position = 0;
  }

  #readPrefix(): void {
    if (this.#prefixFilled === 0 && this.#left() >= prefixBytes) {
      this.#parsePrefix(this.#chunk, this.#position);
      this.#position += prefixBytes;
      return;
    }
    this.#prefixFilled += this.#copy(this.#prefix, this.#prefixFilled, prefixBytes);
    if (this.#prefixFilled < prefixBytes) return;
    this.#prefixFilled = 0;
    this.#parsePrefix(this.#prefix, 0);
  }

  #parsePrefix(bytes: Buffer, at: number): void {
    if (bytes[at] !== 0)
      throw new ProtocolViolation('it sent a compressed message, and none is ever unpacked');
    const length = bytes.readUInt32BE(at + 1);
    if (length > this.#limit)
      throw new ProtocolViolation(`it sent a message of ${length} bytes, and the limit is ${this.#limit}`);
    this.#length = length;
  }

  #read(length: number): Buffer | undefined {
    return this.#filled === 0 && this.#left() >= length ? this.#cutOut(length) : this.#collect(length);
  }

  #cutOut(length: number): Buffer {
    this.#isPart = true;
    const start = this.#position;
    this.#position += length;
    this.#length = -1;
    return this.#chunk.subarray(start, this.#position);
  }

  #collect(length: number): Buffer | undefined {
    const needed = Math.min(length, this.#filled + this.#left());
    this.#reserve(Math.min(length, smallBytes), length, needed);
    this.#filled += this.#copy(this.#message, this.#filled, length);
    if (this.#filled < length) return undefined;
    this.#isPart = false;
    const message = this.#message;
    this.#unfinished.release(message.length);
    this.#message = nothing;
    this.#filled = 0;
    this.#length = -1;
    return message;
  }

  #reserve(atLeast: number, atMost: number, needed: number): void {
    const size = this.#message.length;
    if (needed <= size) return;
    const isGiven = this.#unfinished.hasPlentyFor(atMost);
    const larger = isGiven ? atMost : Math.min(atMost, Math.max(atLeast, growth * needed));
    this.#unfinished.hold(larger - size);
    const grown = Buffer.allocUnsafe(larger);
    this.#message.copy(grown);
    this.#message = grown;
  }

  #left(): number {
    return this.#chunk.length - this.#position;
  }

  /** Moves what there is of the bytes from `start` to `end` of the target. Returns how many they were. */
  #copy(target: Buffer, start: number, end: number): number {
    const from = this.#position;
    this.#position += Math.min(end - start, this.#left());
    return this.#chunk.copy(target, start, from, this.#position);
  }
}
