import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Item, ItemChannel } from './connection.ts';
import type { ItemBatch } from './gen/stellaops/plugin/v1/plugin.ts';
import { ItemQueue } from './item-queue.ts';
import type { ServerStream } from './server-stream.ts';

/** One end of a Transfer. */
type TransferStream = ClientDuplexStream<ItemBatch, ItemBatch> | ServerStream<ItemBatch, ItemBatch>;

/** A stream of items over gRPC: what is not read stays on the other side, by the flow control of HTTP/2. */
export class GrpcItemChannel implements ItemChannel {
  readonly #stream: TransferStream;
  readonly #queue: ItemQueue;
  #isClosed = false;
  #drained = Promise.withResolvers<void>();

  constructor(stream: TransferStream) {
    this.#stream = stream;
    this.#queue = new ItemQueue(() => stream.resume());
    this.#drained.promise.catch(() => undefined); // only who waits for it cares
    stream.on('data', ({ items }: ItemBatch) => {
      for (const { item } of items) if (item) this.#queue.push(item);
      if (this.#queue.isFull) stream.pause();
    });
    stream.on('drain', () => {
      this.#drained.resolve();
      this.#drained = Promise.withResolvers<void>();
      this.#drained.promise.catch(() => undefined);
    });
    stream.on('end', () => this.#over());
    stream.on('cancelled', () => this.#over(new Error('the other side cancelled the stream')));
    stream.on('error', (error: Error) => this.#over(error));
    stream.on('close', () => this.#over());
  }

  get items(): AsyncIterable<Item> {
    return this.#queue;
  }

  /** The next item, for who wants just one. */
  take(): Promise<Item | undefined> {
    return this.#queue.take();
  }

  async write(item: Item): Promise<void> {
    if (this.#isClosed) throw new Error('the stream is closed');
    const write = this.#stream.write.bind(this.#stream) as (batch: ItemBatch) => boolean; // of either kind of stream
    if (!write({ items: [{ item }] })) await this.#drained.promise;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#over();
    this.#stream.end(); // what was written goes first
    this.#stream.resume(); // and what still comes is dropped
  }

  #over(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.end(error);
    this.#drained.reject(error ?? new Error('the stream is closed'));
  }
}
