import type { Item, ItemChannel } from './connection.ts';
import { ItemQueue } from './item-queue.ts';
import type { MessageStream } from './message-stream.ts';
import type { ItemSource, UnreadItems } from './unread-items.ts';

/** A stream of items over gRPC: what is not read stays on the other side, by the flow control of HTTP/2. */
export class GrpcItemChannel implements ItemChannel {
  readonly #stream: MessageStream<Item, Item>;
  readonly #queue: ItemQueue;
  readonly #unread: UnreadItems;
  readonly #source: ItemSource;
  #isClosed = false;
  #room: PromiseWithResolvers<void> | undefined;

  /** What it brings and nobody has read counts among `unread`. */
  constructor(stream: MessageStream<Item, Item>, unread: UnreadItems) {
    this.#stream = stream;
    this.#unread = unread;
    const goOn = (): void => {
      if (!this.#queue.isFull && !unread.isFull) stream.resume();
    };
    this.#queue = new ItemQueue(goOn, unread);
    this.#source = { hold: () => stream.pause(), goOn };
    unread.join(this.#source);
    stream.deliverTo({
      receive: (item) => {
        this.#queue.push(item);
        if (this.#queue.isFull) stream.pause();
      },
      drained: () => this.#room?.resolve(),
      over: (error) => this.#over(error),
    });
  }

  shift(): Item | undefined {
    return this.#queue.shift();
  }

  take(): Promise<Item | undefined> {
    return this.#queue.take();
  }

  write(item: Item): Promise<void> | undefined {
    if (this.#isClosed) return Promise.reject(new Error('the stream is closed'));
    this.#stream.send(item);
    if (!this.#stream.isFull) return undefined;
    this.#room = Promise.withResolvers<void>();
    return this.#room.promise;
  }

  close(): void {
    this.#over();
    this.#queue.drop();
  }

  /** What was written goes first, and what still comes is dropped. */
  #over(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unread.leave(this.#source);
    this.#queue.end(error);
    this.#stream.end();
    this.#room?.reject(error ?? new Error('the stream is closed'));
  }
}
