import type { Buffer } from 'node:buffer';
import { errorCode } from '../http2/error-code.ts';
import type { HeaderField } from '../http2/hpack/header-field.ts';
import type { Http2Stream } from '../http2/http2-stream.ts';
import type { EntryCodec } from './frame-codec.ts';
import { MessageEntries } from './message-entries.ts';
import { MessageSender } from './message-sender.ts';
import { ProtocolViolation, unreadable } from './protocol-violation.ts';
import type { ReceiveBounds } from './session-bounds.ts';
import type { Traffic } from './traffic.ts';

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
  /** What the stream ends with, asked for at its end. Default nothing. */
  readonly trailers?: () => readonly HeaderField[];
  /** Takes what an answer begins and ends with. Default nobody does. */
  readonly heard?: (headers: readonly HeaderField[]) => void;
  /** What the stream ended for, by what HTTP/2 says of it, if it says anything. */
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
  readonly #sender: MessageSender<Outgoing>;
  readonly #bounds: ReceiveBounds;
  readonly #traffic: Traffic | undefined;
  readonly #explain: (error: Error | undefined) => Error | undefined;
  readonly #broken: ((violation: ProtocolViolation) => void) | undefined;
  readonly #entries: MessageEntries<Incoming>;
  readonly #trailers: (() => readonly HeaderField[]) | undefined;
  #receiver: StreamReceiver<Incoming> | undefined;
  #isPaused = false;
  #isResting = false;
  #isDelivering = false;
  #delivered = 0;
  /** Whether what arrived last was one entry by itself, and nothing was sent after it. */
  #isOneByOne = false;
  #hasEnded = false;
  #isBrokenOff = false;
  #isOver = false;
  #isEnding = false;
  #isDestroyed = false;

  constructor(parts: MessageStreamParts<Outgoing, Incoming>) {
    const { http, outgoing, incoming, bounds, explain } = parts;
    this.#http = http;
    this.#sender = new MessageSender(http, outgoing, () => this.#receiver?.drained(), parts.traffic);
    this.#bounds = bounds;
    this.#traffic = parts.traffic;
    this.#explain = explain;
    this.#broken = parts.broken;
    this.#entries = new MessageEntries(incoming, bounds);
    this.#trailers = parts.trailers;
    http.deliverTo({
      headers: (fields) => parts.heard?.(fields),
      data: (chunk) => this.#take(chunk),
      ended: () => this.#end(),
      broken: (error) => (error ? this.#fail(explain(error)) : this.#breakOff()),
      sent: () => this.#sender.tellOfRoom(),
    });
  }

  /** Hands over what arrives from now on, and what has arrived. */
  deliverTo(receiver: StreamReceiver<Incoming>): void {
    this.#receiver = receiver;
    this.#deliver();
  }

  /** Whether so much waits to be sent that who sends should wait until there is room. */
  get isFull(): boolean {
    return this.#sender.isFull;
  }

  /**
   * Sends an entry at the end of this turn, with others. One that is `prompt` leaves at once where the other side speaks one by one: there
   * would be no others. Large binary data must stay as it is until it was sent.
   */
  send(entry: Outgoing, isPrompt = false): void {
    if (this.#isEnding || this.#isDestroyed) return;
    this.#sender.send(entry, isPrompt && this.#isOneByOne);
    this.#isOneByOne = false;
  }

  /** Sends what waits for the end of this turn. `written` is called when all that was sent is with the operating system. */
  flush(written?: () => void): void {
    this.#sender.flush(written);
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
    if (!this.#isEnding) this.#sender.flush();
    this.#isEnding = true;
    this.#entries.close();
    this.#http.end(this.#trailers?.());
    this.#http.resume();
  }

  /** Breaks the stream off. */
  destroy(error?: Error): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#finish(error);
    // It would overtake the trailers of a stream that ends.
    if (error !== undefined || !this.#isEnding) this.#http.reset(errorCode.cancel);
  }

  #take(chunk: Buffer): boolean {
    if (this.#traffic) this.#traffic.receivedBytes += chunk.byteLength;
    if (this.#isOver || this.#isEnding) return true; // what nobody takes any more
    this.#entries.feed(chunk);
    this.#delivered = 0;
    this.#deliver();
    this.#isOneByOne = this.#delivered === 1;
    return this.#entries.hasCopied();
  }

  #fail(error: Error | undefined): void {
    this.destroy(error);
    if (error instanceof ProtocolViolation) this.#broken?.(error);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#deliver();
  }

  #breakOff(): void {
    this.#isBrokenOff = true;
    this.#end();
  }

  #deliver(): void {
    if (this.#isDelivering || this.#isResting || this.#isOver || !this.#receiver) return;
    this.#isDelivering = true;
    const isAll = this.#tryDelivering(this.#receiver);
    this.#isDelivering = false;
    if (isAll) this.#continue();
    else this.#http.pause();
  }

  #tryDelivering(receiver: StreamReceiver<Incoming>): boolean {
    try {
      return this.#deliverAll(receiver);
    } catch (cause) {
      const violation = cause instanceof ProtocolViolation ? cause : unreadable(cause);
      this.destroy(violation);
      this.#broken?.(violation);
      return false;
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
        if (this.#entries.entry === undefined) continue;
        this.#delivered += 1;
        receiver.receive(this.#entries.entry);
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

  #continue(): void {
    if (!this.#hasEnded) {
      if (this.#http.isPaused) this.#http.resume();
    } else if (this.#isBrokenOff) this.destroy(this.#explain(undefined));
    else this.#finish(this.#explain(undefined));
  }

  #finish(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#entries.close();
    this.#receiver?.over(error);
    this.#sender.close();
  }
}
