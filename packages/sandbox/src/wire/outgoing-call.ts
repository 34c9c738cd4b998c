import {
  PluginError,
  type CallOptions,
  type Capability,
  type MethodContract,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import { ValueCodec, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallPort } from './call-port.ts';
import { callCodes, decodeFailure } from './failure-codec.ts';
import type { Answer, Failure, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import type { PendingCalls } from './pending-calls.ts';

/** One call on its way: how its values and errors are written and read. */
export class OutgoingCall {
  readonly target: CallTarget;
  readonly contract: MethodContract;
  readonly pending: PendingCalls;
  readonly #codec: ValueCodec;
  readonly #capability: Capability;
  readonly #options: CallOptions;

  constructor(
    port: CallPort,
    pending: PendingCalls,
    call: { capability: Capability; contract: MethodContract; target: CallTarget; options: CallOptions },
  ) {
    this.#codec = new ValueCodec(call.target, port.limits);
    this.pending = pending;
    this.#capability = call.capability;
    this.contract = call.contract;
    this.target = call.target;
    this.#options = call.options;
  }

  /** Sends the call with its request, and reads the one answer. */
  async answer(request: TSchema, input: unknown): Promise<unknown> {
    return this.read(await this.send(this.pending.nextId(this.target), this.encode(request, input)));
  }

  send(id: number, request: Payload | undefined): Promise<Answer> {
    const { id: capability, version } = this.#capability;
    const streamsRequest = this.contract.requestStream !== undefined;
    const streamsResponse = this.contract.responseStream !== undefined;
    const timeoutMs = Math.ceil(this.#options.timeoutMs ?? 0);
    const { method } = this.target;
    return this.pending.start(
      {
        id,
        capability,
        version,
        method,
        request,
        timeoutMs,
        streamsRequest,
        streamsResponse,
        traceparent: '',
        transfersRequest: false,
      },
      this.target,
      this.#options.signal,
    );
  }

  /** The value of an answer. Throws what the other side failed with. */
  read({ result }: Answer): unknown {
    if (result?.$case === 'failure') throw this.failure(result.value);
    if (result?.$case === 'response') return this.decode(result.value);
    throw new PluginError('RESPONSE_INVALID', { ...this.target, problem: 'it is empty' });
  }

  encode(schema: TSchema, value: unknown): Payload {
    return this.#codec.encode(schema, value, 'REQUEST_INVALID');
  }

  decode(payload: Payload): unknown {
    return this.#codec.decode(payload, 'RESPONSE_INVALID');
  }

  failure(failure: Failure): PluginError {
    return decodeFailure(
      failure,
      callCodes,
      { ...this.target },
      (problem, cause) => new PluginError('CALL_FAILED', { ...this.target, problem }, { cause }),
    );
  }
}
