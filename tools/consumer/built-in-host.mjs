// A module whose plugins are all built in: it installs the contracts, the host and the SDK, and nothing else comes along.
import assert from 'node:assert/strict';
import { startPluginHost } from '@stellaops/plugin-host';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: {
    greet: {
      request: Type.Object({ name: Type.String() }),
      response: Type.Object({ greeting: Type.String() }),
    },
  },
});

const manifest = {
  manifestVersion: 1,
  id: 'consumer.greeter',
  name: 'Greeter',
  version: '1.0.0',
  entry: 'plugin.js',
  provides: [{ capability: 'Greeter', version: 1 }],
};

const plugin = definePlugin({
  initialize: () => ({
    provides: [implement(Greeter, { greet: async ({ name }) => ({ greeting: `Hello, ${name}!` }) })],
  }),
});

// The oldest Node has no `await using`.
const host = await startPluginHost({ builtIn: [{ manifest, plugin }] });
try {
  assert.deepEqual(await host.resolve(Greeter).greet({ name: 'Ada' }), { greeting: 'Hello, Ada!' });
} finally {
  await host.stop();
}
