import type { Http2Stream } from '../http2/http2-stream.ts';
import type { EntryCodec } from './frame-codec.ts';
import { MessageBuilder } from './message-builder.ts';
import type { Traffic } from './traffic.ts';

/** A message ends after so many bytes: half of what one may have besides one payload, as the next entry still goes in whole. */
const fullMessageBytes = 32 * 1024;
/** So much is sent at once, and not at the end of the turn: the other side can begin to work. Entries; and bytes. */
const promptEntries = 32;
const promptBytes = 64 * 1024;
/** What may wait to be sent before who sends should wait. */
const fullBytes = 256 * 1024;
/** What then still waits when there is room again: enough to be sent while more is made. */
const roomBytes = 128 * 1024;

/** Sends the entries of messages that are one repeated field: those of a turn in one message. */
export class MessageSender<Entry> {
  readonly #http: Http2Stream;
  readonly #codec: EntryCodec<Entry>;
  readonly #traffic: Traffic | undefined;
  readonly #drained: () => void;
  readonly #builder = new MessageBuilder();
  readonly #whenSent = new Set<() => void>();
  #isDue = false;
  #unsent = 0;
  #isFull = false;
  readonly #flushDue = (): void => {
    this.#isDue = false;
    this.flush();
  };

  /** `drained` is called when there is room again, after {@link MessageSender.isFull}. */
  constructor(http: Http2Stream, codec: EntryCodec<Entry>, drained: () => void, traffic?: Traffic) {
    this.#http = http;
    this.#codec = codec;
    this.#drained = drained;
    this.#traffic = traffic;
  }

  /** Whether so much waits to be sent that who sends should wait until there is room. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Sends an entry at the end of this turn, with others, or at once. Large binary data must stay as it is until it was sent. */
  send(entry: Entry, isAtOnce: boolean): void {
    if (this.#http.isClosed) return;
    this.#builder.begin();
    this.#codec.write(this.#builder, entry);
    this.#isFull ||= this.#waitingBytes() >= fullBytes;
    if (this.#builder.messageBytes > fullMessageBytes) this.#builder.end();
    if (isAtOnce || ++this.#unsent === promptEntries || this.#builder.bytes > promptBytes)
      return this.flush();
    if (this.#isDue) return;
    this.#isDue = true;
    process.nextTick(this.#flushDue);
  }

  /** Sends what waits for the end of this turn. `written` is called when all that was sent is with the operating system. */
  flush(written?: () => void): void {
    this.#unsent = 0;
    const { parts, slabs } = this.#builder.take();
    if (this.#traffic) for (const part of parts) this.#traffic.sentBytes += part.byteLength;
    if (parts.length > 0)
      this.#http.write(parts, slabs.length > 0 ? () => this.#builder.giveBack(slabs) : undefined);
    if (written) this.#tellWhenSent(written);
    this.tellOfRoom();
  }

  /** Some of what was sent has left. */
  tellOfRoom(): void {
    if (!this.#isFull || this.#waitingBytes() >= roomBytes) return;
    this.#isFull = false;
    this.#drained();
  }

  /** Nothing that is lost is waited for. */
  close(): void {
    for (const written of this.#whenSent) written();
    this.#whenSent.clear();
  }

  #waitingBytes(): number {
    return this.#builder.bytes + this.#http.unsentBytes;
  }

  #tellWhenSent(written: () => void): void {
    if (this.#http.isClosed) return written();
    this.#whenSent.add(written);
    this.#http.whenSent(() => {
      if (this.#whenSent.delete(written)) written();
    });
  }
}
