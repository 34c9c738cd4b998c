import { Buffer } from 'node:buffer';
import { textLength } from './message-builder.ts';

const byteOrderMark = 0xef;
/**
 * Binary data that is smaller is copied out of the message that brought it, and so is what is less than half of that: who keeps it
 * would keep the whole message.
 */
const copiedBelowBytes = 4096;
/** A message that is no longer is made a text as a whole, of which its texts are parts: whoever keeps one keeps them all. */
const maxTextBytes = 16 * 1024;

/**
 * Reads the entries of a message whose fields are written as everyone writes them. It stops being good at the first thing that is not:
 * cut off, too long, or beyond the bound; what it returned since means nothing then, and the generated reader decides.
 */
export class FieldReader {
  isGood = true;
  /** Whether something that was read is a part of the bytes, and no copy. */
  isReferredTo = false;
  readonly bytes: Buffer;
  readonly maxFields: number;
  readonly #ownTexts: boolean;
  /** A character for each byte, which is what a text in ASCII is. */
  #characters: string | undefined;
  #position = 0;
  #end = 0;
  #fieldsLeft = 0;

  /** `maxFields`: after so many in an entry it is not good any more. `ownTexts`: whether its texts may be kept for long. */
  constructor(bytes: Buffer, maxFields: number, ownTexts: boolean) {
    this.bytes = bytes;
    this.maxFields = maxFields;
    this.#ownTexts = ownTexts || bytes.length > maxTextBytes;
  }

  /** Begins to read what stands from `start` to `end`. */
  begin(start: number, end: number): void {
    this.isGood = true;
    this.#position = start;
    this.#end = end;
    this.#fieldsLeft = this.maxFields;
  }

  /** The next tag; 0 at the end of the message, or when it is no longer good. */
  tag(): number {
    if (this.#position >= this.#end) return 0;
    if (--this.#fieldsLeft < 0) return this.#spoil();
    const tag = this.bytes[this.#position++] ?? 0;
    return tag < 0x80 && tag >= 8 ? tag : this.#spoil(); // the first 15 fields, which is all there are
  }

  /** A number that is no larger than this. */
  varint(max: number): number {
    let value = 0;
    for (let factor = 1; this.#position < this.#end && factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.bytes[this.#position++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value <= max ? value : this.#spoil();
    }
    return this.#spoil();
  }

  text(): string {
    const length = this.#length();
    const start = this.#position;
    this.#position += length;
    if (length === 0) return '';
    if (!this.#ownTexts) {
      this.#characters ??= this.bytes.toString('latin1');
      const text = this.#characters.slice(start, this.#position);
      if (textLength(text) === length) return text;
    }
    if (this.bytes[start] === byteOrderMark) this.#spoil(); // the generated reader takes the mark away
    return this.bytes.toString('utf8', start, start + length);
  }

  /** Binary data: a view of the message where it is large. */
  data(): Uint8Array {
    const length = this.#length();
    const start = this.#position;
    this.#position += length;
    const data = this.bytes.subarray(start, this.#position);
    if (length < Math.max(copiedBelowBytes, data.buffer.byteLength / 2)) return Buffer.from(data);
    this.isReferredTo = true;
    return data;
  }

  /** Narrows the reader to a message within the message. Returns what {@link leave} needs to come back. */
  enter(): number {
    const outer = this.#end;
    const length = this.#length();
    this.#end = this.#position + length;
    return outer;
  }

  leave(end: number): void {
    this.#end = end;
  }

  /** Says that the message is not one for this reader. */
  refuse(): void {
    this.#spoil();
  }

  #length(): number {
    const length = this.varint(this.#end);
    return this.#position + length <= this.#end ? length : this.#spoil();
  }

  #spoil(): 0 {
    this.isGood = false;
    this.#position = this.#end;
    return 0;
  }
}
