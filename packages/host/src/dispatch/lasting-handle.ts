import {
  capabilityName,
  type CallOptions,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
} from '@stellaops/plugin-abstractions';
import { whenAwake, type Awakening } from './awakening.ts';
import type { Method } from './call-link.ts';

/** What a call waits for before it is made; `undefined` when it need not wait. */
type Wait = (options: CallOptions | undefined) => Promise<CallOptions> | undefined;

/**
 * An object of a contract that asks anew at every call who answers it, so that whoever holds it need not know that the plugin
 * behind it was restarted or exchanged. What `current` throws is how the call fails. A call for which `awaken` has an answer waits for
 * it first, within its own deadline.
 */
export function lastingHandle<Methods extends MethodContracts>(
  capability: Capability<Methods>,
  current: () => CapabilityApi,
  awaken: () => Awakening | undefined = () => undefined,
): CapabilityApi<Methods> {
  const methods = Object.entries(capability.methods).map(([name, { responseStream }]) => {
    const call: Method = (input, options) => (current()[name] as Method)(input, options); // what a contract names, an implementation has
    const wait: Wait = (options) => {
      const awakening = awaken();
      if (!awakening) return undefined;
      const { pluginId } = awakening;
      return whenAwake(
        awakening,
        { pluginId, capability: capabilityName(capability), method: name },
        options,
      );
    };
    return [name, responseStream ? streaming(call, wait) : answering(call, wait)] as const;
  });
  return Object.freeze(Object.fromEntries(methods)) as CapabilityApi<Methods>; // a function for each method, of its shape
}

function answering(call: Method, wait: Wait): Method {
  return (input, options) => {
    try {
      const awake = wait(options);
      return awake ? awake.then((left) => call(input, left)) : call(input, options);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function streaming(call: Method, wait: Wait): Method {
  return async function* (input, options) {
    const awake = wait(options);
    if (awake) await awake;
    yield* call(input, options) as AsyncIterable<unknown>; // as the contract says
  };
}
