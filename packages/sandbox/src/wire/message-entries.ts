import { Buffer } from 'node:buffer';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { FieldReader } from './field-reader.ts';
import type { EntryCodec } from './frame-codec.ts';
import { MessageReader } from './message-reader.ts';
import type { ReceivedGarbage } from './received-garbage.ts';
import type { ReceiveBounds } from './session-bounds.ts';

const entryTag = 0x0a;
const nothing: Buffer = Buffer.alloc(0);

/** Reads the entries of messages that are one repeated field, one by one, as the bytes of a stream arrive. */
export class MessageEntries<Entry> {
  /** What {@link next} came to; `undefined` where it is empty or unknown. */
  entry: Entry | undefined;
  /** How many bytes of messages were read. */
  bytesRead = 0;
  readonly #codec: EntryCodec<Entry>;
  readonly #messages: MessageReader;
  readonly #garbage: ReceivedGarbage;
  readonly #readerOf: (message: Buffer) => FieldReader;
  #reader: FieldReader;
  #position = 0;
  #fedBytes = 0;
  #isReferredTo = false;

  constructor(codec: EntryCodec<Entry>, { maxMessageBytes, maxFields, unfinished, garbage }: ReceiveBounds) {
    this.#codec = codec;
    this.#messages = new MessageReader(maxMessageBytes, unfinished);
    this.#garbage = garbage;
    this.#readerOf = (message) => new FieldReader(message, maxFields, codec.isQueued);
    this.#reader = this.#readerOf(nothing);
  }

  /** Whether everything that was fed has been read. */
  get isEmpty(): boolean {
    return this.#position >= this.#reader.bytes.length && this.#messages.isEmpty;
  }

  /** How much of the entry is binary data. */
  get binaryBytes(): number {
    return this.entry === undefined ? 0 : this.#codec.binaryBytes(this.entry);
  }

  /** Takes bytes; those before must have been read. */
  feed(chunk: Buffer): void {
    this.#garbage.count(chunk.byteLength); // what they are copied to
    this.#messages.feed(chunk);
    this.#fedBytes = chunk.byteLength;
    this.#isReferredTo = false;
  }

  /** Whether nothing refers to the bytes that were fed last, and nothing will. Where something does, they become garbage as well. */
  hasCopied(): boolean {
    const isCopied = this.isEmpty && !this.#isReferredTo;
    if (isCopied) this.#messages.feed(nothing);
    else this.#garbage.count(this.#fedBytes);
    return isCopied;
  }

  /** Goes on to the next entry. False when more bytes are needed. Throws `ProtocolViolation`, and an `Error` for what is no protobuf. */
  next(): boolean {
    while (this.#position >= this.#reader.bytes.length) {
      const message = this.#messages.next();
      if (!message) return false;
      this.#reader = this.#readerOf(message);
      this.#position = 0;
    }
    const start = this.#position;
    this.#readEntry();
    this.bytesRead += this.#position - start;
    return true;
  }

  /** Forgets what is unfinished, and what it last read: who holds a stream that is over is not to hold what it brought. */
  close(): void {
    this.entry = undefined;
    this.#messages.close();
    this.#reader = this.#readerOf(nothing);
    this.#position = 0;
  }

  #readEntry(): void {
    const message = this.#reader.bytes;
    let start = this.#position + 1;
    let end = start;
    if (message[this.#position] === entryTag) {
      let length = 0;
      for (let factor = 1, byte = 0x80; byte >= 0x80; factor *= 0x80) {
        if (start === message.length || factor > 2 ** 28) throw new RangeError('it is cut off');
        byte = message[start++] ?? 0;
        length += (byte & 0x7f) * factor;
      }
      end = start + length;
    } else start = end = this.#endOfUnknown();
    if (end > message.length) throw new RangeError('it is cut off');
    this.#position = end;
    this.entry = start < end ? this.#codec.read(this.#reader, start, end) : undefined;
    if (this.#reader.isReferredTo && this.#messages.isPart) this.#isReferredTo = true;
  }

  /** A field that is no entry is passed over. */
  #endOfUnknown(): number {
    const reader = new BinaryReader(this.#reader.bytes.subarray(this.#position));
    const [number, type] = reader.tag();
    reader.skip(type, number);
    return this.#position + reader.pos;
  }
}
