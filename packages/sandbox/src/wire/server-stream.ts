import { Buffer } from 'node:buffer';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { status } from '@grpc/grpc-js';
import { boundedReader } from './bounded-reader.ts';
import { MessageReader } from './message-reader.ts';
import { endOfSlice, isLargeEntry } from './message-slices.ts';
import { brokenHttp, ProtocolViolation } from './protocol-violation.ts';
import type { TurnBudget } from './turn-budget.ts';
import type { UnfinishedBytes } from './unfinished-bytes.ts';

/** How messages of the two directions are written and read; each is one repeated field. */
export interface StreamCodec<Outgoing, Incoming> {
  encode(message: Outgoing): BinaryWriter;
  decode(bytes: Uint8Array | BinaryReader): Incoming;
}

/** What all streams of one connection share. */
export interface ReceiveBounds {
  readonly maxMessageBytes: number;
  /** Tags and lengths of one frame or item that is larger than 64 KiB. */
  readonly maxFields: number;
  readonly unfinished: UnfinishedBytes;
  readonly turns: TurnBudget;
}

/** The headers of every answer. */
export const responseHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' };

const nothing = new Uint8Array();

/**
 * The host's end of one gRPC stream ("gRPC over HTTP2"). What arrives is handed over in parts, each a message with a few of the
 * entries, as fast as it is read and as the event loop allows. Is destroyed with `ProtocolViolation` by what cannot be read.
 */
export class ServerStream<Outgoing, Incoming> extends Duplex {
  readonly #stream: ServerHttp2Stream;
  readonly #codec: StreamCodec<Outgoing, Incoming>;
  readonly #bounds: ReceiveBounds;
  readonly #messages: MessageReader;
  #message: Uint8Array = nothing;
  #position = 0;
  #isWanted = false;
  #isResting = false;
  #isOver = false;
  #isEnding = false;
  #trailers: Readonly<Record<string, string>> = { 'grpc-status': String(status.OK) };

  constructor(stream: ServerHttp2Stream, codec: StreamCodec<Outgoing, Incoming>, bounds: ReceiveBounds) {
    super({ objectMode: true });
    this.#stream = stream;
    this.#codec = codec;
    this.#bounds = bounds;
    this.#messages = new MessageReader(bounds.maxMessageBytes, bounds.unfinished);
    stream.on('data', (chunk: Buffer) => {
      stream.pause();
      this.#messages.feed(chunk);
      this.#deliver();
    });
    stream.on('end', () => this.#end());
    stream.on('close', () => this.#end());
    stream.on('error', (error) => this.destroy(brokenHttp(error))); // the session fails its streams before it says so itself
    stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers));
    stream.pause();
    stream.respond(responseHeaders, { waitForTrailers: true });
  }

  /** Ends the stream with a status of gRPC; what still arrives is dropped. */
  refuse(code: status, details: string): void {
    this.#trailers = { 'grpc-status': String(code), 'grpc-message': encodeURI(details) };
    this.end();
    this.resume();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  override _write(message: Outgoing, _: unknown, callback: (error?: Error | null) => void): void {
    const body = this.#codec.encode(message).finish();
    const framed = Buffer.allocUnsafe(body.length + 5);
    framed[0] = 0;
    framed.writeUInt32BE(body.length, 1);
    framed.set(body, 5);
    this.#stream.write(framed, callback);
  }

  override _final(callback: () => void): void {
    this.#isEnding = true;
    this.#stream.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#messages.close();
    this.#message = nothing;
    if (!this.#stream.closed && (error || !this.#isEnding)) this.#stream.close(constants.NGHTTP2_CANCEL); // would overtake the trailers
    callback(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#deliver();
  }

  #deliver(): void {
    if (!this.#isWanted || this.#isResting || this.destroyed) return;
    if (!this.#bounds.turns.hasTime()) return this.#rest();
    try {
      const part = this.#nextPart();
      if (part) {
        this.#isWanted = false;
        this.push(part);
      } else if (this.#isOver) this.#finish();
      else this.#stream.resume();
    } catch (cause) {
      this.destroy(cause instanceof ProtocolViolation ? cause : unreadable(cause));
    }
  }

  #nextPart(): Incoming | undefined {
    while (this.#position >= this.#message.length) {
      const message = this.#messages.next();
      if (!message) return undefined;
      [this.#message, this.#position] = [message, 0];
    }
    const end = endOfSlice(this.#message, this.#position);
    const part = this.#message.subarray(this.#position, end);
    this.#position = end;
    return this.#codec.decode(isLargeEntry(part.length) ? boundedReader(part, this.#bounds.maxFields) : part);
  }

  /** A stream that closed without its end was broken off by the other side. */
  #finish(): void {
    if (this.#stream.readableEnded && !this.#stream.aborted) this.push(null);
    else this.destroy();
  }

  #rest(): void {
    this.#isResting = true;
    this.#bounds.turns.rest(() => {
      this.#isResting = false;
      this.#deliver();
    });
  }
}

function unreadable(cause: unknown): ProtocolViolation {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolViolation(`it sent a message that cannot be read: ${problem}`, { cause });
}
