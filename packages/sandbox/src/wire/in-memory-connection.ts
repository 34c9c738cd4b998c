import { Buffer } from 'node:buffer';
import { ChannelBroker } from './channel-broker.ts';
import type { Connection, HostFrame, Item, ItemChannel, RunnerFrame } from './connection.ts';
import { HostMessage, ItemBatch, RunnerMessage } from './gen/stellaops/plugin/v1/plugin.ts';
import { ItemQueue } from './item-queue.ts';

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** Both ends of a connection without a process or a socket. Everything goes through the codec of the wire, so nothing is shared. */
export function connectInMemory(maxCallsInFlight: number): {
  readonly host: Connection<HostFrame, RunnerFrame>;
  readonly runner: Connection<RunnerFrame, HostFrame>;
} {
  const broker = new ChannelBroker(maxCallsInFlight);
  const closing = Promise.withResolvers<Error | undefined>();
  const channels = new Set<InMemoryChannel>();
  void closing.promise.then(() => channels.forEach((channel) => channel.close()));

  const toRunner = new FramePipe<HostFrame>(HostMessage, closing.resolve);
  const toHost = new FramePipe<RunnerFrame>(RunnerMessage, closing.resolve);
  // What was sent before arrives before.
  const close = (): void => void setImmediate(() => closing.resolve(undefined));
  const common = { close, closed: closing.promise };
  return {
    host: {
      ...common,
      send: (frame) => toRunner.send(frame),
      receive: (receiver) => toHost.deliverTo(receiver),
      channel: (call, signal) => broker.take(call, signal),
      admitChannels: (isAwaited) => broker.admit(isAwaited),
    },
    runner: {
      ...common,
      send: (frame) => toHost.send(frame),
      receive: (receiver) => toRunner.deliverTo(receiver),
      admitChannels: () => undefined,
      channel: (call) => {
        const [near, far] = InMemoryChannel.pair();
        channels.add(near).add(far);
        if (!broker.offer(call, far)) near.close();
        return Promise.resolve(near);
      },
    },
  };
}

/** One direction of the frames: encoded at once, delivered in a later turn of the event loop, as a socket would. */
class FramePipe<Frame> {
  readonly #codec: Codec<{ readonly frames: readonly { readonly frame: Frame | undefined }[] }>;
  readonly #fail: (error: Error) => void;
  #receiver: ((frame: Frame) => void) | undefined;
  #early: Uint8Array[] = [];

  constructor(
    codec: Codec<{ readonly frames: readonly { readonly frame: Frame | undefined }[] }>,
    fail: (error: Error) => void,
  ) {
    this.#codec = codec;
    this.#fail = fail;
  }

  send(frame: Frame): void {
    this.#early.push(Buffer.from(this.#codec.encode({ frames: [{ frame }] }).finish()));
    if (this.#receiver) setImmediate(() => this.#deliver());
  }

  deliverTo(receiver: (frame: Frame) => void): void {
    this.#receiver = receiver;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    for (const bytes of this.#early.splice(0)) {
      try {
        for (const { frame } of this.#codec.decode(bytes).frames) if (frame) this.#receiver?.(frame);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}

class InMemoryChannel implements ItemChannel {
  #far: InMemoryChannel | undefined;
  #room = Promise.withResolvers<void>();
  readonly #queue = new ItemQueue(() => this.#room.resolve());
  #isClosed = false;

  static pair(): [InMemoryChannel, InMemoryChannel] {
    const near = new InMemoryChannel();
    const far = new InMemoryChannel();
    near.#far = far;
    far.#far = near;
    return [near, far];
  }

  shift(): Item | undefined {
    return this.#queue.shift();
  }

  take(): Promise<Item | undefined> {
    return this.#queue.take();
  }

  async write(item: Item): Promise<void> {
    const far = this.#far;
    if (this.#isClosed || !far || far.#isClosed) throw new Error('the stream is closed');
    const [copy] = ItemBatch.decode(Buffer.from(ItemBatch.encode({ items: [{ item }] }).finish())).items;
    if (copy?.item) far.#queue.push(copy.item);
    while (far.#queue.isFull && !far.#isClosed) {
      far.#room = Promise.withResolvers<void>();
      await far.#room.promise;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.over();
    this.#far?.over();
  }

  /** What was written can still be read; nobody waits for room any more. */
  over(): void {
    this.#queue.end();
    this.#room.resolve();
  }
}
