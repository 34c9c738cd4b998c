import {
  PluginError,
  type CallOptions,
  type Capability,
  type MethodContract,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import {
  answeredLater,
  takesAnswer,
  type CallTarget,
  type ValueCodec,
} from '@stellaops/plugin-abstractions/hosting';
import { ToldAnswer } from './answer-taker.ts';
import type { CallPort } from './call-port.ts';
import { callCodes, decodeFailure } from './failure-codec.ts';
import type { Answer, Call, Failure, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { isLarge } from './payload-transfer.ts';
import type { PendingCalls } from './pending-calls.ts';
import { isTransferred, transferRequest, transferResponse } from './transfer-call.ts';

/** What the calls of one method have in common. */
export interface OutgoingMethod {
  readonly capability: Capability;
  readonly contract: MethodContract;
  readonly target: CallTarget;
  readonly codec: ValueCodec;
  readonly port: CallPort;
  readonly side: 'host' | 'runner';
  readonly pending: PendingCalls;
  /** The trace context of a call whose caller gives none. */
  readonly activeTrace: () => string | undefined;
}

/** One call on its way: how its values and errors are written and read. */
export class OutgoingCall {
  readonly method: OutgoingMethod;
  readonly options: CallOptions;

  constructor(method: OutgoingMethod, options: CallOptions) {
    this.method = method;
    this.options = options;
  }

  /** Sends the call with its request, and reads the one answer; where the options take it, it is told to them. */
  answer(request: TSchema, input: unknown): Promise<unknown> | typeof answeredLater {
    const { pending, target, port } = this.method;
    const { options } = this;
    try {
      const id = pending.nextId(target);
      const payload = this.encode(request, input);
      if (port.transfersPayloads && isLarge(payload)) return transferRequest(this, id, payload);
      if (!takesAnswer(options))
        return this.send(id, { request: payload }, (answer) =>
          isTransferred(answer) ? transferResponse(this, id) : this.read(answer),
        );
      pending.ask(this.#message(id, payload, false), target, options, new ToldAnswer(this, id, options));
      return answeredLater;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  send<Value>(
    id: number,
    {
      request,
      transfersRequest = false,
    }: { readonly request?: Payload | undefined; readonly transfersRequest?: boolean },
    read: (answer: Answer) => Value | Promise<Value>,
  ): Promise<Value> {
    const { target, pending } = this.method;
    return pending.start(this.#message(id, request, transfersRequest), target, this.options, read);
  }

  /** The value of an answer. Throws what the other side failed with. */
  read({ result }: Answer): unknown {
    if (result?.$case === 'failure') throw this.failure(result.value);
    if (result?.$case === 'response') return this.decode(result.value);
    const problem = result ? 'it was to be transferred, and this call streams' : 'it is empty';
    throw new PluginError('RESPONSE_INVALID', { ...this.target, problem });
  }

  get target(): CallTarget {
    return this.method.target;
  }

  encode(schema: TSchema, value: unknown): Payload {
    return this.method.codec.encode(schema, value, 'REQUEST_INVALID');
  }

  decode(payload: Payload): unknown {
    return this.method.codec.decode(payload, 'RESPONSE_INVALID');
  }

  failure(failure: Failure): PluginError {
    return decodeFailure(
      failure,
      callCodes,
      { ...this.target },
      (problem, cause) => new PluginError('CALL_FAILED', { ...this.target, problem }, { cause }),
    );
  }

  #message(id: number, request: Payload | undefined, transfersRequest: boolean): Call {
    const { capability, contract, target, activeTrace } = this.method;
    const { timeoutMs = 0, traceparent = activeTrace() ?? '' } = this.options;
    return {
      id,
      capability: capability.id,
      version: capability.version,
      method: target.method,
      request,
      timeoutMs: Math.ceil(timeoutMs),
      streamsRequest: contract.requestStream !== undefined,
      streamsResponse: contract.responseStream !== undefined,
      traceparent,
      transfersRequest,
    };
  }
}
