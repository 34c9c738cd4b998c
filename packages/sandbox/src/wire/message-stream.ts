import type { Buffer } from 'node:buffer';
import { constants, type Http2Stream } from 'node:http2';
import type { EntryCodec } from './frame-codec.ts';
import { MessageBuilder } from './message-builder.ts';
import { MessageEntries } from './message-entries.ts';
import { ProtocolViolation, unreadable } from './protocol-violation.ts';
import type { ReceiveBounds } from './session-bounds.ts';
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
/** Entries that are handed over between two looks at the clock; and bytes. */
const entriesPerLook = 32;
const bytesPerLook = 64 * 1024;

/** Who takes what arrives on a stream. */
export interface StreamReceiver<Entry> {
  /** What it throws ends the stream. */
  receive(entry: Entry): void;
  /** Called when there is room again, after {@link MessageStream.isFull}. */
  drained(): void;
  /** Called once, when nothing arrives any more: the other side has ended the stream, or an error has. */
  over(error?: Error): void;
}

/** What a stream is made of. */
export interface MessageStreamParts<Outgoing, Incoming> {
  readonly http: Http2Stream;
  readonly outgoing: EntryCodec<Outgoing>;
  readonly incoming: EntryCodec<Incoming>;
  readonly bounds: ReceiveBounds;
  /** Where what it sends and receives is counted. Default nowhere. */
  readonly traffic?: Traffic;
  /** What the stream ended for, by what Node says of it, if it says anything. */
  readonly explain: (error: Error | undefined) => Error | undefined;
  /** Called when what arrives cannot be read. Default nobody is. */
  readonly broken?: (violation: ProtocolViolation) => void;
}

/**
 * One end of a gRPC stream ("gRPC over HTTP2") whose messages are one repeated field. What is sent in a turn travels in one
 * message; what arrives is handed over entry by entry, as fast as it is taken and as the event loop allows.
 */
export class MessageStream<Outgoing, Incoming> {
  readonly #http: Http2Stream;
  readonly #outgoing: EntryCodec<Outgoing>;
  readonly #bounds: ReceiveBounds;
  readonly #traffic: Traffic | undefined;
  readonly #explain: (error: Error | undefined) => Error | undefined;
  readonly #broken: ((violation: ProtocolViolation) => void) | undefined;
  readonly #builder = new MessageBuilder();
  readonly #entries: MessageEntries<Incoming>;
  readonly #whenSent: (() => void)[] = [];
  #receiver: StreamReceiver<Incoming> | undefined;
  #isPaused = false;
  #isResting = false;
  #isDelivering = false;
  #isFlushing = false;
  #unsent = 0;
  #wasFull = false;
  #hasEnded = false;
  #isOver = false;
  #isEnding = false;
  #isDestroyed = false;

  constructor(parts: MessageStreamParts<Outgoing, Incoming>) {
    const { http, outgoing, incoming, bounds, explain } = parts;
    this.#http = http;
    this.#outgoing = outgoing;
    this.#bounds = bounds;
    this.#traffic = parts.traffic;
    this.#explain = explain;
    this.#broken = parts.broken;
    this.#entries = new MessageEntries(incoming, bounds);
    http.on('data', (chunk: Buffer) => {
      if (this.#traffic) this.#traffic.receivedBytes += chunk.byteLength;
      if (this.#isOver || this.#isEnding) return; // what nobody takes any more
      this.#entries.feed(chunk);
      this.#deliver();
    });
    http.on('end', () => this.#end());
    http.on('close', () => setImmediate(() => this.#end()));
    // The session fails its streams before it says so itself, and knows more.
    http.on('error', (error) => setImmediate(() => this.#fail(explain(error))));
  }

  /** Hands over what arrives from now on, and what has arrived. */
  deliverTo(receiver: StreamReceiver<Incoming>): void {
    this.#receiver = receiver;
    this.#deliver();
  }

  /** Whether so much waits to be sent that who sends should wait until there is room. */
  get isFull(): boolean {
    return this.#unwritten >= fullBytes;
  }

  get #unwritten(): number {
    return this.#builder.bytes + this.#http.writableLength;
  }

  /** Sends an entry at the end of this turn, with others. Large binary data must stay as it is until it was sent. */
  send(entry: Outgoing): void {
    if (this.#isEnding || this.#isDestroyed || this.#http.destroyed) return;
    this.#builder.begin();
    this.#outgoing.write(this.#builder, entry);
    if (this.#builder.messageBytes > fullMessageBytes) this.#builder.end();
    if (++this.#unsent === promptEntries || this.#builder.bytes > promptBytes) return this.flush();
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    process.nextTick(() => {
      this.#isFlushing = false;
      this.flush();
    });
  }

  /** Sends what waits for the end of this turn. `written` is called when all that was sent is with the operating system. */
  flush(written?: () => void): void {
    this.#unsent = 0;
    this.#wasFull ||= this.isFull;
    const { parts, slabs } = this.#builder.take();
    const isOpen = !this.#http.destroyed && !this.#http.writableEnded;
    let left = parts.length;
    // Never an empty write: Node says of one that it is written, with all before it, when nghttp2 has only looked at it.
    for (const part of isOpen ? parts : []) {
      if (this.#traffic) this.#traffic.sentBytes += part.byteLength;
      this.#http.write(part, --left > 0 ? undefined : (error) => this.#sent(slabs, error));
    }
    if (written && isOpen && this.#http.writableLength > 0) this.#whenSent.push(written);
    else written?.();
    this.#tellOfRoom();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
  }

  /** Ends this direction after what was sent, and drops what still arrives. */
  end(): void {
    if (!this.#isEnding) this.flush();
    this.#isEnding = true;
    this.#entries.close();
    this.#http.end();
    this.#http.resume();
  }

  /** Breaks the stream off. */
  destroy(error?: Error): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#finish(error);
    // It would overtake the trailers of a stream that ends. In a later turn, because this one may be inside of nghttp2, which is about to
    // forget another stream: Node would ask that one for its trailers, and abort.
    if (error !== undefined || !this.#isEnding)
      setImmediate(() => this.#http.close(constants.NGHTTP2_CANCEL));
  }

  /** Others who fail with it now may know better why, and come first. */
  #fail(error: Error | undefined): void {
    this.destroy(error);
    if (error instanceof ProtocolViolation) setImmediate(() => this.#broken?.(error));
  }

  #end(): void {
    this.#hasEnded = true;
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isDelivering || this.#isResting || this.#isOver || !this.#receiver) return;
    this.#isDelivering = true;
    try {
      if (this.#deliverAll(this.#receiver)) this.#continue();
      else if (!this.#http.isPaused()) this.#http.pause();
    } catch (cause) {
      const violation = cause instanceof ProtocolViolation ? cause : unreadable(cause);
      this.destroy(violation);
      this.#broken?.(violation);
    } finally {
      this.#isDelivering = false;
    }
  }

  /** Whether all that has arrived was handed over. */
  #deliverAll(receiver: StreamReceiver<Incoming>): boolean {
    for (;;) {
      if (!this.#bounds.turns.hasTime()) return this.#rest();
      const until = this.#entries.bytesRead + bytesPerLook;
      for (let count = 0; count < entriesPerLook && this.#entries.bytesRead < until; count++) {
        if (this.#isOver || this.#isEnding) return true;
        if (this.#isPaused && !this.#entries.isEmpty) return false;
        const before = this.#entries.bytesRead;
        if (!this.#entries.next()) return true;
        this.#bounds.turns.spend(this.#entries.bytesRead - before, this.#entries.binaryBytes);
        if (this.#entries.entry !== undefined) receiver.receive(this.#entries.entry);
      }
    }
  }

  #rest(): false {
    this.#isResting = true;
    this.#bounds.turns.rest(() => {
      this.#isResting = false;
      this.#deliver();
    });
    return false;
  }

  /** A stream that closed without its end was broken off by the other side. */
  #continue(): void {
    if (!this.#hasEnded) {
      if (this.#http.isPaused()) this.#http.resume();
    } else if (this.#http.readableEnded && !this.#http.aborted) this.#finish(this.#explain(undefined));
    else this.destroy(this.#explain(undefined));
  }

  #finish(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#entries.close();
    this.#receiver?.over(error);
  }

  /** That a write failed, and why, the stream tells by itself; what it had may still be read by nghttp2. */
  #sent(slabs: readonly Buffer[], error: Error | null | undefined): void {
    if (!error) this.#builder.giveBack(slabs);
    const isAll = error || this.#http.writableLength === 0;
    if (isAll && this.#whenSent.length > 0) for (const written of this.#whenSent.splice(0)) written();
    this.#tellOfRoom();
  }

  #tellOfRoom(): void {
    if (!this.#wasFull || this.#unwritten >= roomBytes) return;
    this.#wasFull = false;
    this.#receiver?.drained();
  }
}
