import { errorCode, Http2Error, type ErrorCode } from './error-code.ts';
import { FrameAllowance } from './frame-allowance.ts';
import { frameFlag, frameType, largestNumber, leastMaxFrameBytes } from './frame-format.ts';
import { FrameReader } from './frame-reader.ts';
import type { FrameSender } from './frame-sender.ts';
import { HeaderBlock } from './header-block.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { HeaderReader } from './hpack/header-reader.ts';
import type { Http2Stream } from './http2-stream.ts';
import type { OpenStreams } from './open-streams.ts';
import { ReceiveWindow } from './receive-window.ts';
import { isRequest } from './request-head.ts';
import { initialWindowBytes } from './send-window.ts';
import { readSettings, type Http2Settings } from './settings.ts';
import { resetBy } from './reset-error.ts';
import { word } from './word.ts';

/** What a table of headers has that nobody has said anything of (RFC 9113, 6.5.2). */
const headerTableBytes = 4096;
const maxHeaders = 32;
const pingBytes = 8;
const wordBytes = 4;
const priorityBytes = 5;

/** What the taker of frames has to know of its connection. */
export interface TakerOptions {
  readonly side: 'client' | 'server';
  readonly settings: Http2Settings;
  readonly connectionWindowBytes: number;
  readonly opened?: (stream: Http2Stream, headers: readonly HeaderField[]) => void;
}

/** Does what frames ask for (RFC 9113, 6). What it throws is a connection error, `Http2Error`. */
export class FrameTaker {
  readonly frames: FrameReader;
  readonly #sender: FrameSender;
  readonly #streams: OpenStreams;
  readonly #options: TakerOptions;
  readonly #headers: HeaderReader;
  readonly #allowance = new FrameAllowance();
  readonly #window: ReceiveWindow;
  #block: HeaderBlock | undefined;
  #isGreeted = false;

  constructor(sender: FrameSender, streams: OpenStreams, options: TakerOptions) {
    this.#sender = sender;
    this.#streams = streams;
    this.#options = options;
    const maxListBytes = options.settings.maxHeaderListBytes ?? Infinity;
    this.#headers = new HeaderReader({
      maxListBytes,
      maxFields: maxHeaders,
      maxTableBytes: headerTableBytes,
    });
    this.frames = new FrameReader(options.settings.maxFrameBytes ?? leastMaxFrameBytes);
    this.#window = new ReceiveWindow(initialWindowBytes, () => options.connectionWindowBytes);
  }

  /** Says how much more may be sent on the connection. */
  growWindow(): void {
    const room = this.#window.grow();
    if (room > 0) this.#sender.send(frameType.windowUpdate, 0, 0, word(room));
  }

  /** Takes the frame that was read last, or the piece of one. Returns whether nobody refers to its payload any more. */
  take(): boolean {
    const { type } = this.frames;
    if (this.#block && type !== frameType.continuation)
      throw violation('it sent something else in the midst of headers');
    if (!this.#isGreeted && type !== frameType.settings)
      throw violation('it did not begin with its settings');
    if (type === frameType.data) return this.#takeData();
    this.#takeWhole(type);
    return true;
  }

  #takeWhole(type: number): void {
    switch (type) {
      case frameType.headers:
        return this.#takeHeaders();
      case frameType.continuation:
        return this.#takeContinuation();
      case frameType.resetStream:
        return this.#takeReset();
      case frameType.settings:
        return this.#takeSettings();
      case frameType.ping:
        return this.#takePing();
      case frameType.windowUpdate:
        return this.#takeWindowUpdate();
      case frameType.pushPromise:
        throw violation('it opened a stream by itself');
      default:
        // What ends the connection is seen by its end; priorities are nobody's any more, and what is unknown is passed over.
        if (this.frames.isWhole) this.#allowance.spend();
    }
  }

  #takeData(): boolean {
    const { stream: id, payload, bytes, flags, isWhole } = this.frames;
    const stream = this.#streams.find(id);
    if (!this.#window.take(bytes))
      throw new Http2Error(errorCode.flowControlError, 'it sent more than the window of the connection');
    this.#window.read(bytes);
    this.growWindow();
    const isLast = isWhole && (flags & frameFlag.endStream) !== 0;
    if (payload.length === 0 && !isLast) this.#allowance.spend();
    const isDone = stream?.receiveData(payload, bytes) ?? true;
    if (isLast) stream?.receiveEnd();
    return isDone;
  }

  #takeHeaders(): void {
    const { stream, flags, payload } = this.frames;
    const hasPriority = (flags & frameFlag.priority) !== 0;
    const isLast = (flags & frameFlag.endStream) !== 0;
    this.#takeBlock(new HeaderBlock(stream, isLast, hasPriority ? payload.subarray(priorityBytes) : payload));
  }

  #takeContinuation(): void {
    const { stream, payload } = this.frames;
    if (this.#block?.stream !== stream) throw violation('it went on with headers that it had not begun');
    this.#block.add(payload);
    this.#takeBlock(this.#block);
  }

  #takeBlock(block: HeaderBlock): void {
    const isWhole = (this.frames.flags & frameFlag.endHeaders) !== 0;
    this.#block = isWhole ? undefined : block;
    if (!isWhole) return;
    const fields = this.#headers.read(block.bytes);
    if (this.#options.side === 'server' && this.#streams.isNew(block.stream)) this.#open(block, fields);
    else this.#goOn(block, fields);
  }

  /** What a stream ends with, or an answer begins with. */
  #goOn({ stream: id, endsStream }: HeaderBlock, fields: readonly HeaderField[] | undefined): void {
    const stream = this.#streams.find(id);
    if (!fields || (this.#options.side === 'server' && !endsStream))
      return stream?.fail(errorCode.protocolError);
    stream?.receiveHeaders(fields);
    if (endsStream) stream?.receiveEnd();
  }

  #open({ stream: id, endsStream }: HeaderBlock, fields: readonly HeaderField[] | undefined): void {
    this.#streams.use(id);
    const refusal = this.#refusal(fields);
    if (refusal !== undefined || !fields) return this.#refuse(id, refusal ?? errorCode.enhanceYourCalm);
    const stream = this.#streams.accept(id);
    this.#options.opened?.(stream, fields);
    if (endsStream) stream.receiveEnd();
  }

  #refusal(fields: readonly HeaderField[] | undefined): ErrorCode | undefined {
    if (!fields) return errorCode.enhanceYourCalm;
    if (!isRequest(fields)) return errorCode.protocolError;
    const most = this.#options.settings.maxConcurrentStreams ?? Infinity;
    return this.#streams.count >= most ? errorCode.refusedStream : undefined;
  }

  #refuse(id: number, code: ErrorCode): void {
    this.#allowance.spend();
    this.#sender.send(frameType.resetStream, 0, id, word(code));
  }

  #takeReset(): void {
    const code = this.#wordOf('a reset');
    const stream = this.#streams.find(this.frames.stream);
    this.#allowance.spend();
    stream?.break(resetBy(code));
  }

  #takeSettings(): void {
    const { stream, flags, payload } = this.frames;
    if (stream !== 0) throw violation('it sent settings of a stream');
    this.#isGreeted = true;
    this.#allowance.spend();
    if ((flags & frameFlag.ack) !== 0) return;
    const settings = readSettings(payload);
    // It comes before what is sent by them: until then the other side goes by the old ones.
    this.#sender.send(frameType.settings, frameFlag.ack, 0);
    this.#streams.heed(settings);
  }

  #takePing(): void {
    const { flags, payload } = this.frames;
    if (payload.length !== pingBytes)
      throw new Http2Error(errorCode.frameSizeError, `it sent a ping of ${payload.length} bytes`);
    this.#allowance.spend();
    if ((flags & frameFlag.ack) === 0) this.#sender.send(frameType.ping, frameFlag.ack, 0, payload);
  }

  #takeWindowUpdate(): void {
    const bytes = this.#wordOf('a window') & largestNumber;
    const { stream: id } = this.frames;
    if (bytes === 0) throw violation('it made a window larger by nothing');
    if (id === 0) return this.#streams.scheduler.grow(bytes);
    const stream = this.#streams.find(id);
    if (stream) this.#streams.grow(stream, bytes);
  }

  #wordOf(what: string): number {
    const { payload } = this.frames;
    if (payload.length === wordBytes) return payload.readUInt32BE();
    throw new Http2Error(errorCode.frameSizeError, `it sent ${what} of ${payload.length} bytes`);
  }
}

function violation(problem: string): Http2Error {
  return new Http2Error(errorCode.protocolError, problem);
}
