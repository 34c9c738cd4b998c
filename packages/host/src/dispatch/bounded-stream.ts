import type { CallOptions } from '@stellaops/plugin-abstractions';
import { ItemStream, type StreamStep } from '@stellaops/plugin-abstractions/hosting';
import type { MethodChannel } from './method-channel.ts';
import type { Method } from './call-link.ts';
import { laterOf, readyOf } from './passed-items.ts';
import { PendingCall } from './pending-call.ts';

const nothingSaid: CallOptions = {};

/** A method whose streams are each a call that lasts until its end, with a deadline for each item. */
export function boundedStream(channel: MethodChannel, next: Method): Method {
  const lost = new FinalizationRegistry<Opened>((opened) => end(opened, new Error('its caller lost it')));
  return (input, options = nothingSaid) => {
    const opened: Opened = { call: undefined, items: undefined };
    const begin = (): PendingCall => new PendingCall(channel, options);
    const stream = new BoundedItems(opened, begin, (call) => next(input, call));
    lost.register(stream, opened);
    return stream;
  };
}

/** What must be ended of a stream, also when its caller loses it and never says that it will read no more. */
interface Opened {
  call: PendingCall | undefined;
  items: AsyncIterator<unknown> | undefined;
}

class BoundedItems extends ItemStream {
  readonly #opened: Opened;
  readonly #begin: () => PendingCall;
  readonly #open: (call: PendingCall) => unknown;

  constructor(opened: Opened, begin: () => PendingCall, open: (call: PendingCall) => unknown) {
    super();
    this.#opened = opened;
    this.#begin = begin;
    this.#open = open;
  }

  protected override take(): StreamStep | undefined {
    const isBegun = this.#opened.call !== undefined;
    const call = this.#call();
    const items = isBegun || !call.enter() ? this.#opened.items : this.#openItems();
    if (call.givenUp) throw call.givenUp;
    return items && readyOf(items);
  }

  protected override wait(): Promise<StreamStep> {
    const { items } = this.#opened;
    return items ? this.#ask(() => laterOf(items)) : this.#firstInTurn();
  }

  protected override leave(error?: unknown): void {
    end(this.#opened, new Error('its caller has left the stream'), error);
  }

  #call(): PendingCall {
    return (this.#opened.call ??= this.#begin());
  }

  async #firstInTurn(): Promise<StreamStep> {
    await this.#call().turn();
    const items = this.#openItems();
    return this.#ask(() => items.next());
  }

  #ask(next: () => unknown): Promise<StreamStep> {
    return this.#call().item(next) as Promise<StreamStep>; // as the contract says
  }

  #openItems(): AsyncIterator<unknown> {
    const items = this.#open(this.#call()) as AsyncIterable<unknown>; // the contract says so; what is none throws here
    return (this.#opened.items = items[Symbol.asyncIterator]());
  }
}

/** Ends a stream on both sides, and waits for neither: what hangs would hang the caller. */
function end({ call, items }: Opened, reason: Error, failure?: unknown): void {
  call?.giveUp(failure instanceof Error ? failure : reason);
  call?.end(failure);
  items?.return?.().catch(() => undefined);
}
