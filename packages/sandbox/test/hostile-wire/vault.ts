import { once } from 'node:events';
import {
  defineCapability,
  implement,
  PluginError,
  type ImplementationDirectory,
} from '@stellaops/plugin-abstractions';

const anything = {};
const number = { type: 'number' };
const range = { type: 'object', properties: { to: number }, required: ['to'] };

/** A capability with a method of every shape, served by the host of these tests and called by it. */
export const vault = defineCapability({
  id: 'Vault',
  version: 1,
  methods: {
    echo: { request: anything, response: anything },
    hold: { request: anything, response: anything },
    hang: { request: anything, response: anything },
    count: { request: range, responseStream: anything },
    sum: { requestStream: number, response: number },
  },
});

/** What the host served so far. */
export interface Served {
  readonly echoed: unknown[];
  readonly aborted: unknown[];
  produced: number;
  /** Lets every call of `hold` answer at once, with a MiB less a little each. */
  readonly release: () => void;
}

/** A host service that hostile runners call. */
export function serveVault(): { readonly services: ImplementationDirectory; readonly served: Served } {
  const released = Promise.withResolvers<void>();
  const served: Served = { echoed: [], aborted: [], produced: 0, release: released.resolve };
  const implementation = implement(vault, {
    echo: (value) => {
      served.echoed.push(value);
      return Promise.resolve(value);
    },
    hold: () => released.promise.then(() => 'x'.repeat(1_000_000)),
    hang: async (_, { signal = AbortSignal.any([]) } = {}) => {
      await once(signal, 'abort');
      served.aborted.push(signal.reason);
      return 'too late';
    },
    count: async function* count(asked) {
      const { to } = asked as { to: number }; // the schema was checked
      for (; served.produced < to; served.produced++) yield await Promise.resolve('x'.repeat(1024));
    },
    sum: async (numbers) => {
      let sum = 0;
      for await (const each of numbers) sum += Number(each);
      return sum;
    },
  });
  const services: ImplementationDirectory = {
    find: ({ id, version }) => {
      if (id === vault.id && version === vault.version) return implementation;
      throw new PluginError('CAPABILITY_NOT_DECLARED', {
        pluginId: 'test.plugin',
        capability: `${id} v${version}`,
        list: 'requires',
      });
    },
  };
  return { services, served };
}
