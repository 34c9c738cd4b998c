import type { Capability, CapabilityApi, MethodContracts } from '@stellaops/plugin-abstractions';
import type { Method } from './call-link.ts';

/**
 * An object of a contract that asks anew at every call who answers it, so that whoever holds it need not know that the plugin
 * behind it was restarted or exchanged. What `current` throws is how the call fails.
 */
export function lastingHandle<Methods extends MethodContracts>(
  capability: Capability<Methods>,
  current: () => CapabilityApi,
): CapabilityApi<Methods> {
  const methods = Object.entries(capability.methods).map(([name, { responseStream }]) => {
    const call: Method = (input, options) => (current()[name] as Method)(input, options); // what a contract names, an implementation has
    return [name, responseStream ? streaming(call) : answering(call)] as const;
  });
  return Object.freeze(Object.fromEntries(methods)) as CapabilityApi<Methods>; // a function for each method, of its shape
}

function answering(call: Method): Method {
  return (input, options) => {
    try {
      return call(input, options);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function streaming(call: Method): Method {
  return async function* (input, options) {
    yield* call(input, options) as AsyncIterable<unknown>; // as the contract says
  };
}
