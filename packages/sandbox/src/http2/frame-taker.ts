import { errorCode, Http2Error, type ErrorCode } from './error-code.ts';
import { FrameAllowance } from './frame-allowance.ts';
import { frameFlag, frameType, largestNumber, leastMaxFrameBytes } from './frame-format.ts';
import { FrameReader } from './frame-reader.ts';
import { checkFrame } from './frame-rules.ts';
import type { FrameSender } from './frame-sender.ts';
import { HeaderBlock } from './header-block.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { HeaderReader } from './hpack/header-reader.ts';
import type { Http2Stream } from './http2-stream.ts';
import type { OpenStreams } from './open-streams.ts';
import { ReceiveWindow } from './receive-window.ts';
import { areTrailers, isAnswer, isRequest } from './request-head.ts';
import { initialWindowBytes } from './send-window.ts';
import { readSettings, type Http2Settings } from './settings.ts';
import { resetBy } from './reset-error.ts';
import { word } from './word.ts';

/** What a table of headers has that nobody has said anything of (RFC 9113, 6.5.2). */
const headerTableBytes = 4096;
const maxHeaders = 32;
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
    const { type, flags } = this.frames;
    if (this.#block && type !== frameType.continuation)
      throw violation('it sent something else in the midst of headers');
    if (!this.#isGreeted && (type !== frameType.settings || (flags & frameFlag.ack) !== 0))
      throw violation('it did not begin with its settings');
    if (type === frameType.data) return this.#takeData();
    checkFrame(this.frames);
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
        // A host opens no streams and a runner has one host, which ends the connection right after it says so: nobody has to heed a goaway.
        // Priorities are nobody's any more, and what is unknown is passed over.
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
    if (hasPriority && payload.length < priorityBytes)
      throw new Http2Error(
        errorCode.frameSizeError,
        `it sent headers with a priority of ${payload.length} bytes`,
      );
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
    if (!fields) return stream?.fail(tooManyHeaders());
    const fault = this.#options.side === 'server' ? faultOfLast : faultOfAnswer;
    const problem = fault(fields, endsStream);
    if (problem !== undefined) return stream?.fail(violation(problem));
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
    const code = this.frames.payload.readUInt32BE();
    const stream = this.#streams.find(this.frames.stream);
    this.#allowance.spend();
    stream?.break(resetBy(code));
  }

  #takeSettings(): void {
    const { flags, payload } = this.frames;
    this.#isGreeted = true;
    this.#allowance.spend();
    if ((flags & frameFlag.ack) !== 0) return;
    const settings = readSettings(payload);
    if (settings.enablePush === true && this.#options.side === 'client')
      throw violation('it said that it takes streams that a server opens, and is one');
    // It comes before what is sent by them: until then the other side goes by the old ones.
    this.#sender.send(frameType.settings, frameFlag.ack, 0);
    this.#streams.heed(settings);
  }

  #takePing(): void {
    const { flags, payload } = this.frames;
    this.#allowance.spend();
    if ((flags & frameFlag.ack) === 0) this.#sender.send(frameType.ping, frameFlag.ack, 0, payload);
  }

  #takeWindowUpdate(): void {
    const { stream: id, payload } = this.frames;
    const bytes = payload.readUInt32BE() & largestNumber;
    if (bytes === 0) throw violation('it made a window larger by nothing');
    if (id === 0) return this.#streams.scheduler.grow(bytes);
    const stream = this.#streams.find(id);
    if (stream) this.#streams.grow(stream, bytes);
  }
}

/** What is wrong with headers that a client sends on a stream that it has opened. */
function faultOfLast(fields: readonly HeaderField[], endsStream: boolean): string | undefined {
  if (!endsStream) return 'it sent headers that have no place there';
  return areTrailers(fields) ? undefined : 'it sent headers that cannot end a stream';
}

/** What is wrong with headers that a server sends. */
function faultOfAnswer(fields: readonly HeaderField[], endsStream: boolean): string | undefined {
  const isPart = isAnswer(fields) || (endsStream && areTrailers(fields));
  return isPart ? undefined : 'it sent headers that can neither begin an answer nor end one';
}

function tooManyHeaders(): Http2Error {
  return new Http2Error(errorCode.enhanceYourCalm, 'it sent more headers than are taken');
}

function violation(problem: string): Http2Error {
  return new Http2Error(errorCode.protocolError, problem);
}
