import { DataQueue } from './data-queue.ts';
import { frameFlag, frameType } from './frame-format.ts';
import type { FrameSender } from './frame-sender.ts';
import type { HeaderBlocks } from './hpack/header-blocks.ts';
import type { HeaderField } from './hpack/header-field.ts';
import type { SendWindow } from './send-window.ts';

/** What one direction of a stream needs to be sent. */
export interface SendingParts {
  readonly sender: FrameSender;
  readonly headers: HeaderBlocks;
  /** What may be sent on it. */
  readonly sendWindow: SendWindow;
}

/** What this end sends on a stream: headers, data as far as the windows allow, and the end behind them. */
export class SendingHalf {
  readonly #parts: SendingParts;
  readonly #ended: () => void;
  readonly #queue = new DataQueue();
  readonly #whenSent: (() => void)[] = [];
  #trailers: readonly HeaderField[] | undefined;
  #id = 0;
  #isEnding = false;
  #hasEnded = false;

  /** `ended` is called once, when the end was sent. */
  constructor(parts: SendingParts, ended: () => void) {
    this.#parts = parts;
    this.#ended = ended;
  }

  /** The number of the stream; 0 until it was opened. */
  get id(): number {
    return this.#id;
  }

  /** Whether nothing can be written any more. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Whether the end was sent. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What was written and not sent, in bytes. */
  get unsentBytes(): number {
    return this.#queue.bytes;
  }

  /** Whether there is data that may be sent. */
  get isReady(): boolean {
    return this.#id > 0 && this.#queue.bytes > 0 && this.#parts.sendWindow.left > 0;
  }

  /** The stream is open from now on. */
  open(id: number): void {
    this.#id = id;
  }

  /** Sends headers, and the end with them where they are all. */
  sendHeaders(fields: readonly HeaderField[], isAll: boolean): void {
    this.#send(fields, isAll ? frameFlag.endStream : 0);
    if (isAll) this.#endSent();
    else this.#sendEnd();
  }

  /** Takes data, to be sent by {@link sendFrame}. */
  write(parts: readonly Uint8Array[], released?: () => void): void {
    this.#queue.push(parts, released);
  }

  /** Calls back when all that was written is with the kernel; never, when it was dropped. */
  whenSent(sent: () => void): void {
    if (this.#queue.bytes > 0) this.#whenSent.push(sent);
    else this.#parts.sender.whenSent(sent);
  }

  /** Ends after what was written, with trailers if there are any. */
  end(trailers?: readonly HeaderField[]): void {
    this.#isEnding = true;
    this.#trailers = trailers;
    this.#sendEnd();
  }

  /** Sends one frame of data of at most so many bytes. Returns how many they were. */
  sendFrame(atMost: number): number {
    const { sender, sendWindow } = this.#parts;
    const part = this.#queue.take(Math.min(atMost, sendWindow.left));
    if (!part) return 0;
    const { byteLength } = part.bytes;
    sendWindow.take(byteLength);
    sender.sendData(this.#id, part.bytes, part.released);
    if (this.#queue.bytes === 0) {
      this.#sendEnd();
      if (this.#whenSent.length > 0) for (const sent of this.#whenSent.splice(0)) sender.whenSent(sent);
    }
    return byteLength;
  }

  /** Forgets what was written. Nobody is told. */
  drop(): void {
    this.#queue.drop();
  }

  /** The end is no data, and waits for no window: only for what was written, and for the stream to be opened. */
  #sendEnd(): void {
    if (!this.#isEnding || this.#hasEnded || this.#queue.bytes > 0 || this.#id === 0) return;
    if (this.#trailers) this.#send(this.#trailers, frameFlag.endStream);
    else this.#parts.sender.send(frameType.data, frameFlag.endStream, this.#id);
    this.#endSent();
  }

  #send(fields: readonly HeaderField[], flags: number): void {
    const { sender, headers } = this.#parts;
    sender.send(frameType.headers, frameFlag.endHeaders | flags, this.#id, headers.write(fields));
  }

  #endSent(): void {
    this.#isEnding = this.#hasEnded = true;
    this.#ended();
  }
}
