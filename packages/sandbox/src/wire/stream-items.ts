import { isPluginError, PluginError, type TSchema } from '@stellaops/plugin-abstractions';
import { endOfItems, ItemStream, NextItem, type StreamStep } from '@stellaops/plugin-abstractions/hosting';
import type { CallPort } from './call-port.ts';
import type { Item, ItemChannel } from './connection.ts';
import { callCodes, encodeFailure, problemOf } from './failure-codec.ts';
import { withoutPaths } from './host-texts.ts';
import type { OutgoingCall } from './outgoing-call.ts';
import { takeItem } from './take-item.ts';

/** How long a broken stream waits for the news that the whole connection is gone, which explains it better. */
const graceMs = 1000;

/** What a streaming call needs besides its values. */
export interface StreamingCall {
  readonly call: OutgoingCall;
  readonly port: CallPort;
  readonly side: 'host' | 'runner';
  /** Resolves when the connection has closed, with the error that calls end with. */
  readonly closing: Promise<PluginError>;
}

/** What comes back of a call that streams. The call begins with the first item that is asked for; leaving early cancels it. */
export class ReceivedItems extends ItemStream {
  readonly #parts: StreamingCall;
  readonly #input: unknown;
  readonly #ended = new AbortController();
  /** 0 before the call has begun. */
  #id = 0;
  #channel: ItemChannel | undefined;
  #failure: unknown;

  constructor(parts: StreamingCall, input: unknown) {
    super();
    this.#parts = parts;
    this.#input = input;
  }

  protected override take(): StreamStep | undefined {
    if (this.#id === 0) this.#begin();
    return this.#channel && takeItem(this.#channel, this.#read);
  }

  protected override async wait(): Promise<StreamStep> {
    const { call, closing } = this.#parts;
    try {
      const channel = (this.#channel ??= await this.#open());
      for (let item = await channel.take(); item; item = await channel.take()) {
        const step = this.#read(item);
        if (step) return step;
      }
      throw this.#failure ?? (await brokenOff(call, closing));
    } catch (error) {
      throw this.#failure ?? (isPluginError(error) ? error : await brokenOff(call, closing, error));
    }
  }

  protected override leave(): void {
    const { pending, target } = this.#parts.call.method;
    pending.cancel(
      this.#id,
      new PluginError('CALL_CANCELLED', { ...target, problem: 'its stream has ended' }),
    );
    this.#channel?.close();
  }

  #begin(): void {
    const { call } = this.#parts;
    const { contract, pending, target } = call.method;
    this.#id = pending.nextId(target);
    // While the call runs this settles only when it goes wrong: refused, cancelled, or the connection closed.
    const end = (error: unknown): void => {
      this.#failure ??= error;
      this.#ended.abort(error);
      this.#channel?.close();
    };
    call
      .send(
        this.#id,
        { request: contract.request && call.encode(contract.request, this.#input) },
        (answer) => {
          call.read(answer);
          throw new PluginError('RESPONSE_INVALID', {
            ...target,
            problem: 'it is one answer, and the contract has a stream',
          });
        },
      )
      .catch(end);
  }

  async #open(): Promise<ItemChannel> {
    const { call, port, side } = this.#parts;
    const { requestStream } = call.method.contract;
    const channel = await port.channel({ calledByHost: side === 'host', id: this.#id }, this.#ended.signal);
    if (requestStream) void sendItems(call, channel, requestStream, this.#input, side);
    return channel;
  }

  readonly #read = (item: Item): StreamStep | undefined => {
    const { call } = this.#parts;
    if (item.$case === 'value') return new NextItem(call.decode(item.value));
    if (item.$case === 'failure') throw call.failure(item.value);
    if (item.$case !== 'end') return undefined;
    call.method.pending.finish(this.#id);
    return endOfItems;
  };
}

async function sendItems(
  call: OutgoingCall,
  channel: ItemChannel,
  schema: TSchema,
  input: unknown,
  side: 'host' | 'runner',
): Promise<void> {
  try {
    // The contract says that the request is a stream.
    for await (const value of input as AsyncIterable<unknown>) {
      const room = channel.write({ $case: 'value', value: call.encode(schema, value) });
      if (room) await room;
    }
    await channel.write({ $case: 'end', value: {} });
  } catch (error) {
    // The caller's own stream has failed; or the other side listens no more, and then there is nobody to tell.
    const isCall = isPluginError(error) && callCodes.has(error.code) && error.cause === undefined;
    const isTold = isPluginError(error) && (side === 'runner' || isCall);
    const problem = side === 'runner' ? problemOf(error) : withoutPaths(problemOf(error));
    const cause = isTold ? error : new PluginError('CALL_CANCELLED', { ...call.target, problem });
    await channel
      .write({ $case: 'failure', value: encodeFailure(cause, 'without stack') })
      ?.catch(() => undefined);
  }
}

/** A stream that ends without saying so: the whole connection is gone, or the other side broke off. */
async function brokenOff(
  call: OutgoingCall,
  closing: Promise<PluginError>,
  cause?: unknown,
): Promise<PluginError> {
  const grace = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => grace.resolve(undefined), graceMs);
  const closed = await Promise.race([closing, grace.promise]);
  clearTimeout(timer);
  return (
    closed ?? new PluginError('CALL_FAILED', { ...call.target, problem: 'its stream broke off' }, { cause })
  );
}
