import type { Buffer } from 'node:buffer';
import { errorCode, Http2Error, type ErrorCode } from './error-code.ts';
import { frameType } from './frame-format.ts';
import type { HeaderField } from './hpack/header-field.ts';
import type { ReceiveWindow } from './receive-window.ts';
import type { SendWindow } from './send-window.ts';
import { SendingHalf, type SendingParts } from './sending-half.ts';
import { UnreadData } from './unread-data.ts';
import { word } from './word.ts';

/** Who takes what arrives on a stream. */
export interface StreamReceiver {
  /** What an answer begins with, and what it ends with. A client alone is told. */
  headers?(fields: readonly HeaderField[]): void;
  /** Reads bytes. Returns whether nobody refers to them any more: what they came in is then used again. */
  data(bytes: Buffer): boolean;
  /** The other side has ended what it sends. */
  ended(): void;
  /** The stream ended before both directions had: the other side reset it, or the connection is lost, or broken by `error`. */
  broken(error?: Error): void;
  /** Some of what waited was handed to the socket. */
  sent(): void;
}

/** What a stream needs of its session. */
export interface StreamParts extends SendingParts {
  readonly receiveWindow: ReceiveWindow;
  /** Called when there is something to send. */
  readonly hasData: (stream: Http2Stream) => void;
  /** Called once, when nothing is sent or comes any more. */
  readonly closed: (stream: Http2Stream) => void;
}

/** A stream of HTTP/2 (RFC 9113, 5). It is paused until it is resumed. */
export class Http2Stream {
  /** What may be sent on it. */
  readonly sendWindow: SendWindow;
  /** Whether it has something to send and is to be asked for it. For the scheduler. */
  awaitsTurn = false;
  readonly #parts: StreamParts;
  readonly #sending: SendingHalf;
  readonly #unread: UnreadData;
  #receiver: StreamReceiver | undefined;
  #hasReceivedEnd = false;
  #isClosed = false;
  #isLost = false;
  #error: Error | undefined;
  #isSettled = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#sending = new SendingHalf(parts, () => this.#endSent());
    this.#unread = new UnreadData(parts.receiveWindow, (bytes) => this.#receiver?.data(bytes) ?? true);
    this.sendWindow = parts.sendWindow;
  }

  /** Its number on the connection; 0 until it was opened. */
  get id(): number {
    return this.#sending.id;
  }

  /** Whether nothing is sent or comes any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What waits for the windows of the other side and for the socket, in bytes. */
  get unsentBytes(): number {
    return this.#sending.unsentBytes;
  }

  /** Whether there is data that may be sent. */
  get isReady(): boolean {
    return this.#sending.isReady;
  }

  /** Hands over what arrives from now on. It stays paused. */
  deliverTo(receiver: StreamReceiver): void {
    this.#receiver = receiver;
  }

  /** Says what the stream begins with. */
  sendHeaders(fields: readonly HeaderField[], isAll = false): void {
    this.#sending.sendHeaders(fields, isAll);
  }

  /** Sends bytes, which must stay as they are until all are `released`; that is never called when the stream is lost. */
  write(parts: readonly Uint8Array[], released?: () => void): void {
    if (this.#isClosed || this.#sending.isEnding) return;
    this.#sending.write(parts, released);
    this.#parts.hasData(this);
  }

  /** Calls back when all that was written is with the kernel; never, when the stream is lost. */
  whenSent(sent: () => void): void {
    this.#sending.whenSent(sent);
  }

  /** Ends this direction after what was written, with trailers if there are any. */
  end(trailers?: readonly HeaderField[]): void {
    if (!this.#isClosed && !this.#sending.isEnding) this.#sending.end(trailers);
  }

  /** Breaks the stream off; its receiver is not told. */
  reset(code: ErrorCode): void {
    this.#isSettled = true;
    this.#unread.drop();
    if (this.#isClosed) return;
    if (this.id > 0) this.#parts.sender.send(frameType.resetStream, 0, this.id, word(code));
    this.#close();
  }

  get isPaused(): boolean {
    return this.#unread.isPaused;
  }

  pause(): void {
    this.#unread.pause();
  }

  /** Hands over what waits, and what comes. */
  resume(): void {
    this.#unread.resume();
    this.#settle();
  }

  /** It is open from now on. For the session. */
  open(id: number): void {
    this.#sending.open(id);
  }

  /** Sends one frame of data of at most so many bytes. For the session. Returns how many they were. */
  sendFrame(atMost: number): number {
    const sent = this.#sending.sendFrame(atMost);
    if (sent > 0) this.#receiver?.sent();
    return sent;
  }

  /** Takes data that arrived, with so many bytes of its frame. For the session. Returns whether nobody refers to it any more. */
  receiveData(bytes: Buffer, frameBytes: number): boolean {
    this.#mustGoOn('data');
    const { receiveWindow } = this.#parts;
    if (!receiveWindow.take(frameBytes))
      throw new Http2Error(errorCode.flowControlError, 'it sent more than the window of a stream');
    receiveWindow.read(frameBytes - bytes.length);
    const isDone = bytes.length === 0 || this.#unread.push(bytes);
    this.#settle();
    return isDone;
  }

  /** Takes headers that arrived. For the session. */
  receiveHeaders(fields: readonly HeaderField[]): void {
    this.#mustGoOn('headers');
    this.#receiver?.headers?.(fields);
  }

  /** The other side has ended its direction. For the session. */
  receiveEnd(): void {
    this.#hasReceivedEnd = true;
    this.#settle();
  }

  /** The other side did on it what may not be done on a stream. For the session. */
  fail(error: Http2Error): void {
    this.#mustGoOn('headers');
    this.reset(error.code);
    this.#receiver?.broken(error);
  }

  /** The other side has reset the stream, or the connection is over. What has arrived is read first, unless there is an error. For the session. */
  break(error?: Error): void {
    if (this.#isClosed) return;
    this.#close();
    this.#isLost = true;
    this.#error = error;
    if (error) this.#unread.drop();
    this.#receiver?.sent(); // who waits to write need not
    this.#settle();
  }

  /** Goes on where everything was read. */
  #settle(): void {
    if (!this.#unread.isEmpty || this.#isSettled) return;
    if (!this.#hasReceivedEnd && !this.#isLost) return this.#announce();
    if (this.#sending.hasEnded) this.#close();
    if (!this.#receiver) return; // who takes it later is told then
    this.#isSettled = true;
    if (this.#hasReceivedEnd) this.#receiver.ended();
    else this.#receiver.broken(this.#error);
  }

  #mustGoOn(what: string): void {
    if (this.#hasReceivedEnd)
      throw new Http2Error(errorCode.streamClosed, `it sent ${what} on a stream that it had ended`);
  }

  #announce(): void {
    if (this.#isClosed) return;
    const room = this.#parts.receiveWindow.grow();
    if (room > 0) this.#parts.sender.send(frameType.windowUpdate, 0, this.id, word(room));
  }

  #endSent(): void {
    if (this.#hasReceivedEnd) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sending.drop();
    this.#parts.closed(this);
  }
}
