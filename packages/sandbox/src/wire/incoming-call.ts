import {
  isPluginError,
  type PluginError,
  type ImplementationDirectory,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { ItemChannel } from './connection.ts';
import type { Call, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { RequestItems } from './request-items.ts';
import type { ServedMethod } from './served-method.ts';
import { readTraceparent } from './traceparent.ts';

/** What one end of the wire serves. */
export interface Served {
  readonly directory: ImplementationDirectory;
  /** A check by a schema of what is served: it says what is wrong with a value, as one line, and `undefined` when it fits. */
  readonly schemaCheck: (schema: TSchema) => (value: unknown) => string | undefined;
  /** What the other side is told of something that an implementation threw. */
  failureOf(thrown: unknown, target: CallTarget): PluginError;
  /** Runs an implementation so that the calls that it makes belong to this trace. Default they belong to none. */
  readonly within?: (traceparent: string, work: () => unknown) => unknown;
}

/** One call that arrived: what runs it, and whose its errors are. */
export class IncomingCall {
  readonly #call: Call;
  readonly #method: ServedMethod;
  readonly #served: Served;
  readonly #traceparent: string | undefined;
  #items: RequestItems | undefined;

  constructor(call: Call, method: ServedMethod, served: Served) {
    this.#call = call;
    this.#method = method;
    this.#served = served;
    this.#traceparent = readTraceparent(call.traceparent);
  }

  get target(): CallTarget {
    return this.#method.target;
  }

  get streams(): boolean {
    return this.#call.streamsRequest || this.#call.streamsResponse;
  }

  /**
   * Begins a call that streams nothing. What it returns may be a promise: its value is for {@link write}, and what it rejects with is for
   * {@link thrown}. Throws what the caller is to be told.
   */
  begin(signal: AbortSignal): unknown {
    const request = this.#method.read(this.#call.request);
    try {
      return this.#invoke(request, signal);
    } catch (error) {
      throw this.thrown(error);
    }
  }

  /** The same, from the request to the response. */
  async answer(signal: AbortSignal): Promise<Payload> {
    return this.write(await this.#outcome(this.#method.read(this.#call.request), signal));
  }

  /** The response of a call that streams nothing. */
  write(value: unknown): Payload {
    return this.#method.write(this.#method.contract.response, value);
  }

  /** What the implementation throws is its failure, unless it only hands on what its request stream threw. */
  thrown(error: unknown): PluginError {
    return isPluginError(error) && error === this.#items?.error
      ? error
      : this.#served.failureOf(error, this.target);
  }

  /** Runs a call that streams, over its channel. */
  async stream(channel: ItemChannel, signal: AbortSignal): Promise<void> {
    await this.#within(() => this.#stream(channel, signal)); // a generator runs where its items are read
  }

  async #stream(channel: ItemChannel, signal: AbortSignal): Promise<void> {
    const { contract } = this.#method;
    const input = contract.requestStream ? this.#requestOf(channel) : this.#method.read(this.#call.request);
    if (!contract.responseStream) {
      const response = this.write(await this.#outcome(input, signal));
      return channel.write({ $case: 'value', value: response });
    }
    const items = (await this.#outcome(input, signal)) as AsyncIterable<unknown>; // if it is not, the loop says so
    await this.#send(items, contract.responseStream, channel, signal);
  }

  /** What the items fail with is the implementation's; what keeps one of them from being sent is not. */
  async #send(
    items: AsyncIterable<unknown>,
    schema: TSchema,
    channel: ItemChannel,
    signal: AbortSignal,
  ): Promise<void> {
    let isSending = false;
    try {
      for await (const item of items) {
        if (signal.aborted) return;
        isSending = true;
        const room = channel.write({ $case: 'value', value: this.#method.write(schema, item) });
        if (room) await room;
        isSending = false;
      }
    } catch (error) {
      throw isSending ? error : this.thrown(error);
    }
  }

  #requestOf(channel: ItemChannel): RequestItems {
    return (this.#items = new RequestItems(channel, this.target, (payload) => this.#method.read(payload)));
  }

  async #outcome(input: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#invoke(input, signal);
    } catch (error) {
      throw this.thrown(error);
    }
  }

  #invoke(input: unknown, signal: AbortSignal): unknown {
    const { timeoutMs } = this.#call;
    const traceparent = this.#traceparent;
    const options = { signal, timeoutMs: timeoutMs > 0 ? timeoutMs : undefined, traceparent };
    if (traceparent === undefined) return this.#method.invoke(input, options);
    return this.#within(() => this.#method.invoke(input, options));
  }

  #within(work: () => unknown): unknown {
    const { within } = this.#served;
    return within && this.#traceparent !== undefined ? within(this.#traceparent, work) : work();
  }
}
