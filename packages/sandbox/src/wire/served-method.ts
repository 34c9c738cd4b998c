import {
  capabilityName,
  PluginError,
  type CallOptions,
  type Implementation,
  type MethodContract,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import { ValueCodec, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallPort } from './call-port.ts';
import type { Call, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import type { Served } from './incoming-call.ts';

type Method = (input: unknown, options: CallOptions) => unknown;

type SchemaChecks = Pick<Served, 'schemaCheck'>;

/** A method that this end serves: what all calls to it have in common. */
export class ServedMethod {
  readonly target: CallTarget;
  readonly contract: MethodContract;
  readonly #implementation: Implementation;
  readonly #codec: ValueCodec;
  readonly #problemOf: (value: unknown) => string | undefined;

  /** Throws when the contract has no such method. */
  constructor(
    implementation: Implementation,
    method: string,
    { pluginId, limits, countsParts }: CallPort,
    { schemaCheck }: SchemaChecks,
  ) {
    const { capability } = implementation;
    this.target = { pluginId, capability: capabilityName(capability), method };
    const { methods } = capability;
    const contract = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!contract) throw new PluginError('CAPABILITY_NOT_IMPLEMENTED', { ...this.target, missing: method });
    this.contract = contract;
    this.#implementation = implementation;
    this.#codec = new ValueCodec(this.target, limits, countsParts);
    this.#problemOf = schemaCheck(contract.requestStream ?? contract.request ?? {});
  }

  is(implementation: Implementation, name: string): boolean {
    return implementation === this.#implementation && name === this.target.method;
  }

  invoke(input: unknown, options: CallOptions): unknown {
    const { api } = this.#implementation;
    const method = api[this.target.method] as Method; // what the contract names was there when the plugin was initialized
    return method.call(api, input, options);
  }

  /** The request, or an item of its stream. */
  read(payload: Payload | undefined): unknown {
    const value = this.#codec.decode(payload, 'REQUEST_INVALID');
    const problem = this.#problemOf(value);
    if (problem !== undefined) throw new PluginError('REQUEST_INVALID', { ...this.target, problem });
    return value;
  }

  /** The response, or an item of its stream. */
  write(schema: TSchema | undefined, value: unknown): Payload {
    return this.#codec.encode(schema ?? {}, value, 'RESPONSE_INVALID');
  }
}

/** The methods that were called so far: as many as there are at most, whatever is called. */
export class ServedMethods {
  readonly #port: CallPort;
  readonly #served: Served;
  readonly #known = new WeakMap<Implementation, Map<string, ServedMethod>>();
  /** Most calls are to the method that the one before was to. */
  #recent: ServedMethod | undefined;

  constructor(port: CallPort, served: Served) {
    this.#port = port;
    this.#served = served;
  }

  /** Throws when nothing serves the call, or when it is not the call that the contract describes. */
  of({ capability: id, version, method: name, streamsRequest, streamsResponse }: Call): ServedMethod {
    const implementation = this.#served.directory.find({ id, version });
    const method = this.#recent?.is(implementation, name) ? this.#recent : this.#find(implementation, name);
    const { requestStream, responseStream } = method.contract;
    if (
      (requestStream !== undefined) !== streamsRequest ||
      (responseStream !== undefined) !== streamsResponse
    ) {
      const problem = 'the two sides disagree on what streams';
      throw new PluginError('REQUEST_INVALID', { ...method.target, problem });
    }
    return method;
  }

  #find(implementation: Implementation, name: string): ServedMethod {
    const method = this.#known.get(implementation)?.get(name) ?? this.#remember(implementation, name);
    return (this.#recent = method);
  }

  #remember(implementation: Implementation, name: string): ServedMethod {
    const method = new ServedMethod(implementation, name, this.#port, this.#served);
    const methods = this.#known.get(implementation) ?? new Map<string, ServedMethod>();
    this.#known.set(implementation, methods.set(name, method));
    return method;
  }
}
