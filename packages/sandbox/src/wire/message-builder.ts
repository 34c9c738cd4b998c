import { Buffer } from 'node:buffer';

/** Memory is taken in slabs: small ones for who writes little. */
const smallestSlabBytes = 1024;
const largestSlabBytes = 256 * 1024;
/** Slabs of the largest size that are kept to be written again: memory outside of the heap is what the collector runs for most. */
const maxSpareSlabs = 4;
/** Binary data from here on travels as it is; smaller data is copied beside the rest. */
const copiedBelowBytes = 128 * 1024;
/** A text so short is written faster by hand than by a call into the runtime. */
const shortText = 24;
/** Tag and length of a field at most, and the prefix of a message. */
const prefixBytes = 5;
const maxVarintBytes = 10;

/** What was written, on its way to the socket. */
export interface WrittenParts {
  /** They are not touched any more, until the slabs are given back. */
  readonly parts: readonly Uint8Array[];
  /** Slabs that nothing is written to any more, and of which the last part is among these, or was among those before. */
  readonly slabs: readonly Buffer[];
}

/**
 * Writes gRPC messages ("gRPC over HTTP2", Length-Prefixed-Message) straight into the memory from which they are sent. Fields are
 * written with the length of what they hold said first.
 */
export class MessageBuilder {
  #slab: Buffer = Buffer.allocUnsafeSlow(smallestSlabBytes);
  /** What is before it has been handed over, and belongs to the socket. */
  #start = 0;
  #position = 0;
  #parts: Uint8Array[] = [];
  #fullSlabs: Buffer[] = [];
  readonly #spareSlabs: Buffer[] = [];
  #partBytes = 0;
  /** Where the message has its prefix that is being written: its slab may be another one by now. */
  #prefixSlab: Buffer | undefined;
  #prefixPosition = 0;
  #messageStart = 0;

  /** How many bytes the message has that is being written; 0 when none is. */
  get messageBytes(): number {
    return this.#prefixSlab ? this.bytes - this.#messageStart - prefixBytes : 0;
  }

  /** How many bytes wait to be taken. */
  get bytes(): number {
    return this.#partBytes + this.#position - this.#start;
  }

  /** Begins a message, unless one is being written. */
  begin(): void {
    if (this.#prefixSlab) return;
    this.#reserve(prefixBytes);
    this.#messageStart = this.bytes;
    this.#prefixSlab = this.#slab;
    this.#prefixPosition = this.#position;
    this.#position += prefixBytes;
  }

  /** Ends the message that is being written. */
  end(): void {
    if (!this.#prefixSlab) return;
    this.#prefixSlab[this.#prefixPosition] = 0; // not compressed
    this.#prefixSlab.writeUInt32BE(this.messageBytes, this.#prefixPosition + 1);
    this.#prefixSlab = undefined;
  }

  /** What was written since the last time. */
  take(): WrittenParts {
    this.end();
    this.#cut();
    const taken = { parts: this.#parts, slabs: this.#fullSlabs };
    this.#parts = [];
    this.#fullSlabs = [];
    this.#partBytes = 0;
    return taken;
  }

  /** Takes slabs back, of which all parts are with the operating system. */
  giveBack(slabs: readonly Buffer[]): void {
    for (const slab of slabs) if (this.#spareSlabs.length < maxSpareSlabs) this.#spareSlabs.push(slab);
  }

  /** A tag or a number: at most 2^53 - 1, and not negative. */
  varint(value: number): void {
    this.#reserve(maxVarintBytes);
    const slab = this.#slab;
    if (value < 0x80) {
      slab[this.#position++] = value;
      return;
    }
    let position = this.#position;
    let rest = value;
    for (; rest >= 0x8000_0000; rest = Math.floor(rest / 0x80)) slab[position++] = (rest % 0x80) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) slab[position++] = (rest & 0x7f) | 0x80;
    slab[position++] = rest;
    this.#position = position;
  }

  /** A text of so many bytes in UTF-8. */
  text(text: string, length: number): void {
    this.#reserve(length);
    if (length === text.length && length < shortText) {
      const slab = this.#slab;
      let position = this.#position;
      for (let index = 0; index < length; index++) slab[position++] = text.charCodeAt(index);
      this.#position = position;
    } else this.#position += this.#slab.write(text, this.#position);
  }

  /** Binary data. Where it is large it is not copied, and must stay as it is until it was sent. */
  data(data: Uint8Array): void {
    if (data.byteLength >= copiedBelowBytes) {
      this.#cut();
      this.#parts.push(data);
      this.#partBytes += data.byteLength;
      return;
    }
    this.#reserve(data.byteLength);
    this.#slab.set(data, this.#position);
    this.#position += data.byteLength;
  }

  #reserve(length: number): void {
    if (this.#position + length <= this.#slab.length) return;
    this.#cut();
    if (this.#slab.length === largestSlabBytes) this.#fullSlabs.push(this.#slab);
    this.#slab = this.#nextSlab(length);
    this.#start = this.#position = 0;
  }

  #nextSlab(length: number): Buffer {
    const slabBytes = Math.max(Math.min(largestSlabBytes, 2 * this.#slab.length), length);
    const spare = slabBytes === largestSlabBytes ? this.#spareSlabs.pop() : undefined;
    return spare ?? Buffer.allocUnsafeSlow(slabBytes);
  }

  #cut(): void {
    if (this.#position === this.#start) return;
    this.#parts.push(this.#slab.subarray(this.#start, this.#position));
    this.#partBytes += this.#position - this.#start;
    this.#start = this.#position;
  }
}

/** How many bytes a text takes in UTF-8. */
export function textLength(text: string): number {
  if (text.length >= shortText) return Buffer.byteLength(text);
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/** How many bytes a number takes as a varint. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
