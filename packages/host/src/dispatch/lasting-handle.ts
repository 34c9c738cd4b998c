import {
  capabilityName,
  type CallOptions,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
} from '@stellaops/plugin-abstractions';
import { whenAwake, type Awakening } from './awakening.ts';
import type { Method } from './call-link.ts';
import { PassedItems } from './passed-items.ts';

/** How an object of a contract finds who answers. */
export interface Answerer {
  /** Who answered last, as long as it is he who answers; this is asked at every call. */
  readonly ready?: () => CapabilityApi | undefined;
  /** Who answers now. What it throws is how the call fails. */
  readonly current: () => CapabilityApi;
  /** What the call waits for first, within its own deadline; `undefined` when it need not wait. */
  readonly awaken?: () => Awakening | undefined;
}

/** What a call waits for before it is made; `undefined` when it need not wait. */
type Wait = (options: CallOptions | undefined) => Promise<CallOptions> | undefined;

/**
 * An object of a contract that asks anew at every call who answers it, so that whoever holds it need not know that the plugin
 * behind it was restarted or exchanged.
 */
export function lastingHandle<Methods extends MethodContracts>(
  capability: Capability<Methods>,
  { ready, current, awaken }: Answerer,
): CapabilityApi<Methods> {
  const methods = Object.entries(capability.methods).map(([name, { responseStream }]) => {
    const methodOf = methodNamed(name);
    const call: Method = (input, options) => methodOf(current())(input, options);
    const wait: Wait = (options) => {
      const awakening = awaken?.();
      if (!awakening) return undefined;
      const { pluginId } = awakening;
      return whenAwake(
        awakening,
        { pluginId, capability: capabilityName(capability), method: name },
        options,
      );
    };
    if (responseStream) return [name, streaming(call, wait)] as const;
    const answer = answering(call, wait);
    const method: Method = (input, options) => {
      const api = ready?.();
      return api ? methodOf(api)(input, options) : answer(input, options);
    };
    return [name, method] as const;
  });
  return Object.freeze(Object.fromEntries(methods)) as CapabilityApi<Methods>; // a function for each method, of its shape
}

/** Finds a method once in each object of a contract, not at each call. */
function methodNamed(name: string): (api: CapabilityApi) => Method {
  let known: CapabilityApi | undefined;
  let method: Method;
  return (api) => {
    if (api !== known) method = (known = api)[name] as Method; // what a contract names, an implementation has
    return method;
  };
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
  return (input, options) =>
    new PassedItems(() => {
      const open = (): unknown => call(input, options);
      const awake = wait(options);
      return awake ? afterwards(awake, open) : open();
    });
}

async function* afterwards(
  awake: Promise<unknown>,
  open: () => unknown,
): AsyncGenerator<unknown, void, undefined> {
  await awake;
  yield* open() as AsyncIterable<unknown>; // as the contract says
}
