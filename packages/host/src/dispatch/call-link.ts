import {
  capabilityName,
  type CallOptions,
  type Capability,
  type CapabilityApi,
  type MethodContract,
  type MethodContracts,
} from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';

/** A method of some contract, its types left to the contract. */
export type Method = (input: unknown, options?: CallOptions) => unknown;

/** One method on its way from caller to implementation: what it is, and what comes next. */
export interface CallLink {
  readonly target: CallTarget;
  readonly contract: MethodContract;
  readonly next: Method;
  /** What is called at last. */
  readonly implementation: Method;
}

/** Puts something between a caller and a method. */
export type Wrap = (link: CallLink) => Method;

/** An object of the same contract with every method wrapped, the first wrap outermost. */
export function wrapApi<Methods extends MethodContracts>(
  capability: Capability<Methods>,
  pluginId: string,
  api: CapabilityApi<Methods>,
  wraps: readonly Wrap[],
): CapabilityApi<Methods> {
  const methods = Object.entries(capability.methods).map(([method, contract]) => {
    const target = { pluginId, capability: capabilityName(capability), method };
    const implementation = api[method] as Method; // what a contract names, an implementation has
    const innermost: Method = (input, options) => implementation.call(api, input, options);
    return [
      method,
      wraps.reduceRight<Method>((next, wrap) => wrap({ target, contract, next, implementation }), innermost),
    ] as const;
  });
  return Object.freeze(Object.fromEntries(methods)) as CapabilityApi<Methods>; // a function for each method, of its shape
}
