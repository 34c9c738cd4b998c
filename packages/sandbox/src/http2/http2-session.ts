import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { errorCode, Http2Error, type ErrorCode } from './error-code.ts';
import { frameType } from './frame-format.ts';
import type { FrameReader } from './frame-reader.ts';
import { FrameSender } from './frame-sender.ts';
import { FrameTaker } from './frame-taker.ts';
import type { HeaderField } from './hpack/header-field.ts';
import type { Http2Stream } from './http2-stream.ts';
import { OpenStreams } from './open-streams.ts';
import { preface, PrefaceReader } from './preface.ts';
import { hasLeft, readToTheEnd } from './read-to-the-end.ts';
import { OwnedChunks, type ReceivedChunks } from './received-chunks.ts';
import { writeSettings, type Http2Settings } from './settings.ts';
import { word } from './word.ts';

/** Divides the work of what arrives over the turns of the event loop. */
export interface ReadingPace {
  /** Whether there is time left for work in this turn. */
  hasTime(): boolean;
  /** Counts work, as so many bytes. */
  spend(bytes: number): void;
  /** Calls back in a later turn. */
  rest(resume: () => void): void;
}

/** How one end of a connection behaves. */
export interface Http2SessionOptions {
  readonly side: 'client' | 'server';
  /** What the other side is told. */
  readonly settings: Http2Settings & { readonly initialWindowBytes: number };
  /** What of the whole connection may be on its way: it is given back as it arrives, whatever streams wait. Bytes. */
  readonly connectionWindowBytes: number;
  /** How large the window of a stream is to be while so many are open. Bytes; not less than what the settings say. */
  readonly streamWindowBytes: (openStreams: number) => number;
  readonly pace: ReadingPace;
  /** Called on a server for each stream that a client opens. */
  readonly opened?: (stream: Http2Stream, headers: readonly HeaderField[]) => void;
  /** Called once, before its streams are told: the connection is over, because of `error` if there is one. */
  readonly closed: (error?: Error) => void;
}

/** What may wait for the socket. Data waits at far less, so this is what the other side has asked for and does not read. */
const maxUnreadBytes = 1024 * 1024;
/** A frame is as much work as so many bytes of a message. */
const frameWork = 16;
const nothing = Buffer.alloc(0);

/** One end of an HTTP/2 connection (RFC 9113) on a socket. */
export class Http2Session {
  readonly #socket: Socket;
  readonly #options: Http2SessionOptions;
  readonly #chunks: ReceivedChunks;
  readonly #preface: PrefaceReader;
  readonly #frames: FrameReader;
  readonly #sender: FrameSender;
  readonly #streams: OpenStreams;
  readonly #taker: FrameTaker;
  #chunk: Buffer = nothing;
  #isReferredTo = false;
  #isResting = false;
  #isClosing = false;
  #isOver = false;
  #loss: { readonly error: Error | undefined } | undefined;

  constructor(
    socket: Socket,
    options: Http2SessionOptions,
    chunks: ReceivedChunks = new OwnedChunks(socket),
  ) {
    const { side, settings, streamWindowBytes: whileOpen } = options;
    this.#socket = socket;
    this.#options = options;
    this.#chunks = chunks;
    this.#preface = new PrefaceReader(side);
    this.#sender = new FrameSender(socket);
    const sizes = { initial: settings.initialWindowBytes, whileOpen };
    this.#streams = new OpenStreams(this.#sender, sizes, () => this.#closeIfIdle());
    this.#taker = new FrameTaker(this.#sender, this.#streams, options);
    this.#frames = this.#taker.frames;
    chunks.deliverTo((chunk) => this.#feed(chunk));
    socket.on('end', () => this.#lose());
    socket.on('close', () => this.#lose());
    socket.on('error', (error) => this.#lose(hasLeft(error) ? undefined : error));
    readToTheEnd(socket);
    if (side === 'client') this.#sender.sendRaw(preface);
    this.#sender.send(frameType.settings, 0, 0, writeSettings(settings));
    this.#taker.growWindow();
    this.#sender.flush();
  }

  /** Opens a stream, as a client; when the other side has as many as it takes, as soon as one of them has closed. */
  request(headers: readonly HeaderField[]): Http2Stream {
    const stream = this.#streams.request(headers);
    if (this.#isOver) setImmediate(() => stream.break(new Error('the connection is over')));
    return stream;
  }

  /** Ends the connection when its streams have closed. */
  close(): void {
    this.#isClosing = true;
    this.#closeIfIdle();
  }

  /** Ends the connection now. What was sent before still goes to who reads it. */
  destroy(): void {
    this.#over(errorCode.noError);
  }

  #closeIfIdle(): void {
    if (this.#isClosing && this.#streams.count === 0) this.destroy();
  }

  #feed(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#frames.feed(this.#preface.passOver(chunk));
      this.#chunk = chunk;
      this.#isReferredTo = false;
    } catch (error) {
      return this.#fail(error);
    }
    this.#read();
  }

  #read(): void {
    const { pace } = this.#options;
    try {
      if (this.#socket.writableLength > maxUnreadBytes) throw unread();
      while (!this.#isOver && this.#frames.next()) {
        if (!this.#taker.take()) this.#isReferredTo = true;
        pace.spend(frameWork);
        if (!pace.hasTime()) return this.#rest();
      }
      this.#letGo();
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#loss) this.#end(this.#loss.error);
  }

  #letGo(): void {
    const chunk = this.#chunk;
    this.#chunk = nothing;
    this.#frames.feed(nothing);
    if (!this.#isReferredTo) this.#chunks.letGo(chunk);
  }

  #rest(): void {
    this.#isResting = true;
    this.#socket.pause();
    this.#options.pace.rest(() => {
      this.#isResting = false;
      this.#read();
      if (!this.#isResting) this.#socket.resume();
    });
  }

  /** What has arrived is read first. */
  #lose(error?: Error): void {
    if (this.#isResting) this.#loss ??= { error };
    else this.#end(error);
  }

  #fail(error: unknown): void {
    const code = error instanceof Http2Error ? error.code : errorCode.internalError;
    this.#over(code, error instanceof Error ? error : new Error(String(error)));
  }

  #over(code: ErrorCode, error?: Error): void {
    if (this.#isOver) return;
    this.#sender.send(frameType.goAway, 0, 0, Buffer.concat([word(this.#streams.last), word(code)]));
    this.#sender.flush();
    this.#socket.end();
    this.#end(error);
  }

  #end(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.closed(error);
    this.#streams.breakAll(error);
  }
}

function unread(): Http2Error {
  return new Http2Error(
    errorCode.enhanceYourCalm,
    `it did not read ${maxUnreadBytes} bytes that it had asked for`,
  );
}
