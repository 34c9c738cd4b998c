/** A host whose plugin stores without end, for a test that kills the host: prints each number when it was answered as stored. */
import { startPluginHost } from '@stellaops/plugin-host';
import { KeyValueStore, openKeyValueStore } from '@stellaops/plugin-host/services';
import { definePlugin } from '@stellaops/plugin-sdk';
import { testManifest } from '../../src/index.ts';

const [directory = '', slots = ''] = process.argv.slice(2);
const plugin = definePlugin({
  initialize: ({ resolve }) => ({
    start: async () => {
      const store = resolve(KeyValueStore);
      for (let number = 0; ; number++) {
        const value = { number, text: `${number} `.repeat(10_000) };
        await store.set({ key: `${number % Number(slots)}`, value });
        console.log(number);
      }
    },
  }),
});
await startPluginHost({
  services: [await openKeyValueStore({ directory })],
  builtIn: [{ manifest: testManifest({ id: 'test.storing', requires: [KeyValueStore] }), plugin }],
  timeouts: { startTimeoutMs: 60_000 },
});
