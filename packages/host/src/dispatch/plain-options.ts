import type { CallOptions } from '@stellaops/plugin-abstractions';

/** What authors have looked at, by the call. */
const seen = new WeakMap<CallOptions, CallOptions>();

function seenOf(call: CallOptions): CallOptions {
  const known = seen.get(call);
  if (known) return known;
  const { signal, timeoutMs, traceparent } = call;
  const options = { signal, timeoutMs, traceparent };
  seen.set(call, options);
  return options;
}

const whenLookedAt: ProxyHandler<CallOptions> = {
  get: (call, key) => Reflect.get(seenOf(call), key),
  set: (call, key, value) => Reflect.set(seenOf(call), key, value),
  has: (call, key) => Reflect.has(seenOf(call), key),
  ownKeys: (call) => Reflect.ownKeys(seenOf(call)),
  getOwnPropertyDescriptor: (call, key) => Reflect.getOwnPropertyDescriptor(seenOf(call), key),
  defineProperty: (call, key, descriptor) => Reflect.defineProperty(seenOf(call), key, descriptor),
  deleteProperty: (call, key) => Reflect.deleteProperty(seenOf(call), key),
  preventExtensions: () => false, // it would be the call's own
  getPrototypeOf: (call) => Reflect.getPrototypeOf(seenOf(call)),
  setPrototypeOf: (call, prototype) => Reflect.setPrototypeOf(seenOf(call), prototype),
};

/**
 * What an author gets of the options of a call that the host makes: plain data, which he may copy and change. It is read when he looks at it,
 * for most do not, and a signal for each call would cost as much as half of it.
 */
export function plainOptions(call: CallOptions = {}): CallOptions {
  return new Proxy(call, whenLookedAt);
}
