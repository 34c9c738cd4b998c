import { leastMaxFrameBytes } from './frame-format.ts';
import type { FrameSender } from './frame-sender.ts';
import type { Http2Stream } from './http2-stream.ts';
import { initialWindowBytes, SendWindow } from './send-window.ts';

/** Sends the data of streams, a frame of each in turn, as far as the window of the connection and the socket allow. */
export class DataScheduler {
  /** How large a frame the other side takes. */
  maxFrameBytes: number = leastMaxFrameBytes;
  readonly #window = new SendWindow(initialWindowBytes);
  readonly #sender: FrameSender;
  readonly #ready: Http2Stream[] = [];
  #isSending = false;
  #isWaiting = false;

  constructor(sender: FrameSender) {
    this.#sender = sender;
  }

  /** Sends what a stream has to send, when it is its turn. */
  add(stream: Http2Stream): void {
    if (!stream.isReady || stream.awaitsTurn) return;
    stream.awaitsTurn = true;
    this.#ready.push(stream);
    this.#send();
  }

  /** The other side takes more on the connection. */
  grow(bytes: number): void {
    this.#window.grow(bytes);
    this.#send();
  }

  #send(): void {
    if (this.#isSending || this.#isWaiting) return;
    this.#isSending = true;
    while (this.#ready.length > 0 && this.#window.left > 0 && !this.#sender.isFull) this.#sendFrame();
    this.#isSending = false;
    this.#sender.flush();
    if (this.#ready.length === 0 || this.#window.left <= 0) return;
    this.#isWaiting = true;
    this.#sender.whenSent(() => {
      this.#isWaiting = false;
      this.#send();
    });
  }

  #sendFrame(): void {
    const stream = this.#ready.shift();
    if (!stream) return;
    if (stream.isReady) this.#window.take(stream.sendFrame(Math.min(this.maxFrameBytes, this.#window.left)));
    stream.awaitsTurn = stream.isReady;
    if (stream.awaitsTurn) this.#ready.push(stream);
  }
}
