import {
  capabilityName,
  isPluginError,
  PluginError,
  type CallOptions,
  type Implementation,
  type ImplementationDirectory,
  type MethodContract,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import { schemaProblem, ValueCodec, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallPort } from './call-port.ts';
import type { ItemChannel } from './connection.ts';
import { callCodes, decodeFailure } from './failure-codec.ts';
import type { Call, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { readTraceparent } from './traceparent.ts';

type Method = (input: unknown, options: CallOptions) => unknown;

/** What one end of the wire serves. */
export interface Served {
  readonly directory: ImplementationDirectory;
  /** What the other side is told of something that an implementation threw. */
  failureOf(thrown: unknown, target: CallTarget): PluginError;
  /** Runs an implementation so that the calls that it makes belong to this trace. Default they belong to none. */
  readonly within?: (traceparent: string, work: () => unknown) => unknown;
}

/** One call that arrived: what serves it, and how its values are checked, read and written. */
export class IncomingCall {
  readonly target: CallTarget;
  readonly #call: Call;
  readonly #codec: ValueCodec;
  readonly #implementation: Implementation;
  readonly #contract: MethodContract;
  readonly #served: Served;
  #inputError: unknown;

  /** Throws when nothing serves the call, or when it is not the call that the contract describes. */
  constructor(call: Call, port: CallPort, served: Served) {
    const identity = { id: call.capability, version: call.version };
    this.target = { pluginId: port.pluginId, capability: capabilityName(identity), method: call.method };
    this.#call = call;
    this.#codec = new ValueCodec(this.target, port.limits);
    this.#served = served;
    this.#implementation = served.directory.find(identity);
    const { methods } = this.#implementation.capability;
    const contract = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined;
    if (!contract)
      throw new PluginError('CAPABILITY_NOT_IMPLEMENTED', { ...this.target, missing: call.method });
    if (
      (contract.requestStream !== undefined) !== call.streamsRequest ||
      (contract.responseStream !== undefined) !== call.streamsResponse
    ) {
      throw new PluginError('REQUEST_INVALID', {
        ...this.target,
        problem: 'the two sides disagree on what streams',
      });
    }
    this.#contract = contract;
  }

  get streams(): boolean {
    return this.#call.streamsRequest || this.#call.streamsResponse;
  }

  /** Runs a call that streams nothing. */
  async answer(signal: AbortSignal): Promise<Payload> {
    const request = this.#read(this.#contract.request ?? {}, this.#call.request);
    return this.#write(this.#contract.response ?? {}, await this.#invoke(request, signal));
  }

  /** Runs a call that streams, over its channel. */
  async stream(channel: ItemChannel, signal: AbortSignal): Promise<void> {
    const input = this.#contract.requestStream
      ? this.#items(this.#contract.requestStream, channel)
      : this.#read(this.#contract.request, this.#call.request);
    if (!this.#contract.responseStream) {
      const response = this.#write(this.#contract.response, await this.#invoke(input, signal));
      return channel.write({ $case: 'value', value: response });
    }
    const items = (await this.#invoke(input, signal)) as AsyncIterable<unknown>; // if it is not, the loop says so
    for await (const item of this.#guarded(items)) {
      if (signal.aborted) return;
      await channel.write({ $case: 'value', value: this.#write(this.#contract.responseStream, item) });
    }
  }

  async #invoke(input: unknown, signal: AbortSignal): Promise<unknown> {
    const { api } = this.#implementation;
    const method = api[this.target.method] as Method; // what the contract names was there when the plugin was initialized
    const { timeoutMs } = this.#call;
    const { within } = this.#served;
    const traceparent = readTraceparent(this.#call.traceparent);
    const options = { signal, timeoutMs: timeoutMs > 0 ? timeoutMs : undefined, traceparent };
    try {
      if (!within || traceparent === undefined) return await method.call(api, input, options);
      return await within(traceparent, () => method.call(api, input, options));
    } catch (error) {
      throw this.#thrown(error);
    }
  }

  async *#guarded(items: AsyncIterable<unknown>): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* items;
    } catch (error) {
      throw this.#thrown(error);
    }
  }

  /** What the implementation throws is its failure, unless it only hands on what its request stream threw. */
  #thrown(error: unknown): PluginError {
    return isPluginError(error) && error === this.#inputError
      ? error
      : this.#served.failureOf(error, this.target);
  }

  async *#items(schema: TSchema, channel: ItemChannel): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* this.#checkedItems(schema, channel);
    } catch (error) {
      throw (this.#inputError = error);
    }
  }

  async *#checkedItems(schema: TSchema, channel: ItemChannel): AsyncGenerator<unknown, void, undefined> {
    for await (const item of channel.items) {
      if (item.$case === 'end') return;
      if (item.$case === 'value') yield this.#read(schema, item.value);
      if (item.$case === 'failure') {
        throw decodeFailure(
          item.value,
          callCodes,
          { ...this.target },
          (problem, cause) => new PluginError('CALL_CANCELLED', { ...this.target, problem }, { cause }),
        );
      }
    }
    throw new PluginError('CALL_CANCELLED', { ...this.target, problem: 'its request stream broke off' });
  }

  #read(schema: TSchema, payload: Payload | undefined): unknown {
    const value = this.#codec.decode(payload, 'REQUEST_INVALID');
    const problem = schemaProblem(schema, value);
    if (problem !== undefined) throw new PluginError('REQUEST_INVALID', { ...this.target, problem });
    return value;
  }

  #write(schema: TSchema, value: unknown): Payload {
    return this.#codec.encode(schema, value, 'RESPONSE_INVALID');
  }
}
