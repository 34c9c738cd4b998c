import { DataScheduler } from './data-scheduler.ts';
import { errorCode, Http2Error } from './error-code.ts';
import { largestNumber } from './frame-format.ts';
import type { FrameSender } from './frame-sender.ts';
import { HeaderBlocks } from './hpack/header-blocks.ts';
import type { HeaderField } from './hpack/header-field.ts';
import { Http2Stream } from './http2-stream.ts';
import { ReceiveWindow } from './receive-window.ts';
import { initialWindowBytes, SendWindow } from './send-window.ts';
import type { Http2Settings } from './settings.ts';

/** How large the windows of streams are that the other side sends on. Bytes. */
export interface StreamWindowSizes {
  /** What the settings say. */
  readonly initial: number;
  /** What it is to be while so many streams are open; not less than the initial one. */
  readonly whileOpen: (streams: number) => number;
}

/** How large frames of data are at most, whatever the other side takes: other streams wait for them. */
const mostFrameBytes = 128 * 1024;

/** The streams of a connection, and what holds for all of them. Those that a client opens have odd numbers (RFC 9113, 5.1.1). */
export class OpenStreams {
  readonly scheduler: DataScheduler;
  readonly #sender: FrameSender;
  readonly #headers = new HeaderBlocks();
  readonly #sizes: StreamWindowSizes;
  readonly #closed: () => void;
  readonly #streams = new Map<number, Http2Stream>();
  /** Those that a client would open, and with what. */
  readonly #waiting = new Map<Http2Stream, readonly HeaderField[]>();
  #windowBytes = initialWindowBytes;
  #most = Infinity;
  #last = -1;

  /** `closed` is called each time that a stream has closed. */
  constructor(sender: FrameSender, sizes: StreamWindowSizes, closed: () => void) {
    this.#sender = sender;
    this.#sizes = sizes;
    this.#closed = closed;
    this.scheduler = new DataScheduler(sender);
  }

  /** How many there are, those included that wait to be opened. */
  get count(): number {
    return this.#streams.size + this.#waiting.size;
  }

  /** The number of the one that was opened last; 0 before the first. */
  get last(): number {
    return Math.max(0, this.#last);
  }

  /** The stream of a frame; `undefined` when it has closed. Throws `Http2Error` when there never was one. */
  find(id: number): Http2Stream | undefined {
    if (id % 2 === 0 || id > this.#last)
      throw new Http2Error(errorCode.protocolError, `it spoke of stream ${id}, which nobody has opened`);
    return this.#streams.get(id);
  }

  /** Whether a client may open a stream of this number. Throws `Http2Error` when no client ever may. */
  isNew(id: number): boolean {
    if (id % 2 === 0)
      throw new Http2Error(
        errorCode.protocolError,
        `it opened stream ${id}, and a number of a client is odd`,
      );
    return id > this.#last;
  }

  /** Takes a number that a client has used. */
  use(id: number): void {
    this.#last = id;
  }

  /** The stream that a client has opened. */
  accept(id: number): Http2Stream {
    const stream = this.#create();
    this.#register(id, stream);
    return stream;
  }

  /** Opens a stream as a client, as soon as the other side takes one more. */
  request(headers: readonly HeaderField[]): Http2Stream {
    const stream = this.#create();
    this.#waiting.set(stream, headers);
    this.#openWaiting();
    return stream;
  }

  /** Heeds what the other side says of itself. */
  heed({ initialWindowBytes: windowBytes, maxConcurrentStreams, maxFrameBytes }: Http2Settings): void {
    if (maxFrameBytes !== undefined) this.scheduler.maxFrameBytes = Math.min(maxFrameBytes, mostFrameBytes);
    if (maxConcurrentStreams !== undefined) this.#most = maxConcurrentStreams;
    if (windowBytes !== undefined) {
      const more = windowBytes - this.#windowBytes;
      this.#windowBytes = windowBytes;
      // What is sent then may open others, which have the new window from the first.
      for (const stream of [...this.#streams.values(), ...this.#waiting.keys()]) this.grow(stream, more);
    }
    this.#openWaiting();
  }

  /** The other side takes more on a stream; or less, by its settings. */
  grow(stream: Http2Stream, bytes: number): void {
    stream.sendWindow.grow(bytes);
    this.scheduler.add(stream);
  }

  /** The connection is over. */
  breakAll(error?: Error): void {
    for (const stream of this.#waiting.keys()) stream.break(error); // which takes it out
    for (const stream of this.#streams.values()) stream.break(error);
  }

  #create(): Http2Stream {
    const { initial, whileOpen } = this.#sizes;
    return new Http2Stream({
      sender: this.#sender,
      headers: this.#headers,
      sendWindow: new SendWindow(this.#windowBytes),
      receiveWindow: new ReceiveWindow(initial, () => whileOpen(this.#streams.size)),
      hasData: (stream) => this.scheduler.add(stream),
      closed: (stream) => this.#close(stream),
    });
  }

  #register(id: number, stream: Http2Stream): void {
    this.#last = id;
    this.#streams.set(id, stream);
    stream.open(id);
  }

  #openWaiting(): void {
    for (const [stream, headers] of this.#waiting) {
      if (this.#streams.size >= this.#most) return;
      if (this.#last + 2 > largestNumber) throw new Error('the streams of this connection are used up');
      this.#waiting.delete(stream);
      this.#register(this.#last + 2, stream);
      stream.sendHeaders(headers);
      this.scheduler.add(stream);
    }
  }

  #close(stream: Http2Stream): void {
    this.#waiting.delete(stream);
    this.#streams.delete(stream.id);
    this.scheduler.remove(stream);
    this.#openWaiting();
    this.#closed();
  }
}
