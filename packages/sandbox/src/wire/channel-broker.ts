import type { CallKey, ItemChannel } from './connection.ts';

/** How long a stream may wait for its call, and a call for its stream: the two are sent together. */
export const meetingTimeoutMs = 10_000;

interface Arrived {
  readonly channel: ItemChannel;
  readonly timer: NodeJS.Timeout;
}

/** Brings together the calls that stream and the streams that the runner opens for them, whichever comes first. */
export class ChannelBroker {
  readonly #wanted = new Map<string, (channel: ItemChannel) => void>();
  readonly #arrived = new Map<string, Arrived>();
  readonly #maxArrived: number;
  #isAwaited: (id: number) => boolean = () => false;

  /** `maxArrived` bounds the streams that wait for their call. */
  constructor(maxArrived: number) {
    this.#maxArrived = maxArrived;
  }

  /** Lets the streams of these calls of the host wait: what announces them may be read later than they are. */
  admit(isAwaited: (id: number) => boolean): void {
    this.#isAwaited = isAwaited;
  }

  /** The stream of a call, as soon as the runner has opened it. Rejects with the reason of the signal. */
  take(call: CallKey, signal: AbortSignal): Promise<ItemChannel> {
    const key = keyOf(call);
    const arrived = this.#arrived.get(key);
    if (arrived) {
      this.#arrived.delete(key);
      clearTimeout(arrived.timer);
      return Promise.resolve(arrived.channel);
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#wanted.delete(key);
        reject(signal.reason as Error); // whoever aborts gives an error
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#wanted.set(key, (channel) => {
        signal.removeEventListener('abort', abort);
        resolve(channel);
      });
    });
  }

  /** Offers a stream that the runner opened. False when no call can be meant: it is to be refused. */
  offer(call: CallKey, channel: ItemChannel): boolean {
    const key = keyOf(call);
    const wanted = this.#wanted.get(key);
    if (wanted) {
      this.#wanted.delete(key);
      wanted(channel);
      return true;
    }
    // A call of the host that streams is known before its stream can be; a call of the runner may still be on its way.
    if (call.calledByHost && !this.#isAwaited(call.id)) return false;
    if (this.#arrived.has(key) || this.#arrived.size >= this.#maxArrived) return false;
    const timer = setTimeout(() => {
      this.#arrived.delete(key);
      channel.close();
    }, meetingTimeoutMs).unref();
    this.#arrived.set(key, { channel, timer });
    return true;
  }
}

function keyOf({ calledByHost, id }: CallKey): string {
  return `${calledByHost ? 'host' : 'runner'} ${id}`;
}
