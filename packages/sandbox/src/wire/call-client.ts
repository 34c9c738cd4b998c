import {
  capabilityName,
  type CallOptions,
  type Capability,
  type CapabilityApi,
  type MethodContract,
  type MethodContracts,
  type PluginError,
} from '@stellaops/plugin-abstractions';
import { ValueCodec } from '@stellaops/plugin-abstractions/hosting';
import type { CallInFlight } from './call-in-flight.ts';
import type { CallPort } from './call-port.ts';
import type { Answer } from './gen/stellaops/plugin/v1/plugin.ts';
import { OutgoingCall } from './outgoing-call.ts';
import { PendingCalls } from './pending-calls.ts';
import { ReceivedItems } from './stream-items.ts';

/**
 * The calling end: turns a contract into an object whose methods are calls over the wire. Deadlines are for its caller to set,
 * by the signal; whether an answer fits the contract is for its caller to check.
 */
export class CallClient {
  readonly #port: CallPort;
  readonly #side: 'host' | 'runner';
  readonly #pending: PendingCalls;
  readonly #activeTrace: () => string | undefined;
  readonly #closing = Promise.withResolvers<PluginError>();

  /** `activeTrace` is the trace context of calls whose caller gives none. */
  constructor(
    port: CallPort,
    side: 'host' | 'runner',
    activeTrace: () => string | undefined = () => undefined,
  ) {
    this.#port = port;
    this.#side = side;
    this.#activeTrace = activeTrace;
    this.#pending = new PendingCalls(port, side);
  }

  /** An object that implements the contract by calling the other side. */
  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> {
    const methods = Object.entries(capability.methods).map(([method, contract]) => [
      method,
      this.#method(capability, method, contract),
    ]);
    return Object.freeze(Object.fromEntries(methods)) as CapabilityApi<Methods>; // a function for each method, of its shape
  }

  /** The calls that wait for an answer or the end of their stream, oldest first. */
  get callsInFlight(): readonly CallInFlight[] {
    return this.#pending.inFlight;
  }

  /** Whether an answer to the call of this id is still to come. */
  isPending(id: number): boolean {
    return this.#pending.isPending(id);
  }

  /** Takes the answer to a call. */
  receive(answer: Answer): void {
    this.#pending.receive(answer);
  }

  /** Ends every call with this error, those in flight and those to come. */
  close(error: PluginError): void {
    this.#closing.resolve(error);
    this.#pending.close(error);
  }

  #method(capability: Capability, method: string, contract: MethodContract) {
    const target = { pluginId: this.#port.pluginId, capability: capabilityName(capability), method };
    const outgoing = {
      capability,
      contract,
      target,
      codec: new ValueCodec(target, this.#port.limits, this.#port.countsParts),
      port: this.#port,
      side: this.#side,
      pending: this.#pending,
      activeTrace: this.#activeTrace,
    };
    const stream = (input: unknown, options: CallOptions = {}): ReceivedItems =>
      new ReceivedItems(
        {
          call: new OutgoingCall(outgoing, options),
          port: this.#port,
          side: this.#side,
          closing: this.#closing.promise,
        },
        input,
      );

    if (contract.responseStream) return stream;
    if (contract.requestStream) {
      return async (input: unknown, options?: CallOptions) => {
        for await (const value of stream(input, options)) return value;
        return undefined; // no answer before the end: the check of the response says so
      };
    }
    return (input: unknown, options: CallOptions = {}) =>
      new OutgoingCall(outgoing, options).answer(contract.request, input);
  }
}
