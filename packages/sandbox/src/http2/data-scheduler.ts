import { leastMaxFrameBytes } from './frame-format.ts';
import type { FrameSender } from './frame-sender.ts';
import type { Http2Stream } from './http2-stream.ts';
import { Queue } from './queue.ts';
import { initialWindowBytes, SendWindow } from './send-window.ts';

/** A frame of so many bytes waits for others until the end of the turn: to wake the other side for each costs both of them more. */
const largeBytes = 32 * 1024;

/** Sends the data of streams, a frame of each in turn, as far as the window of the connection and the socket allow. */
export class DataScheduler {
  /** How large a frame the other side takes. */
  maxFrameBytes: number = leastMaxFrameBytes;
  readonly #window = new SendWindow(initialWindowBytes);
  readonly #sender: FrameSender;
  readonly #ready = new Queue<Http2Stream>();
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

  /** Forgets a stream that has closed. */
  remove(stream: Http2Stream): void {
    if (!stream.awaitsTurn) return;
    this.#ready.remove(stream);
    stream.awaitsTurn = false;
  }

  /** The other side takes more on the connection. */
  grow(bytes: number): void {
    this.#window.grow(bytes);
    this.#send();
  }

  #send(): void {
    if (this.#isSending || this.#isWaiting) return;
    this.#isSending = true;
    while (this.#canSend()) {
      let isLarge = false;
      while (this.#canSend()) isLarge = this.#sendFrame() >= largeBytes;
      if (isLarge && !this.#sender.isFull) this.#sender.flushSoon();
      else this.#sender.flush();
    }
    this.#isSending = false;
    if (this.#ready.length === 0 || this.#window.left <= 0) return;
    this.#isWaiting = true;
    this.#sender.whenRoom(() => {
      this.#isWaiting = false;
      this.#send();
    });
  }

  #canSend(): boolean {
    return this.#ready.length > 0 && this.#window.left > 0 && !this.#sender.isFull;
  }

  #sendFrame(): number {
    const stream = this.#ready.shift();
    if (!stream) return 0;
    const sent = stream.isReady ? stream.sendFrame(Math.min(this.maxFrameBytes, this.#window.left)) : 0;
    this.#window.take(sent);
    stream.awaitsTurn = stream.isReady;
    if (stream.awaitsTurn) this.#ready.push(stream);
    return sent;
  }
}
