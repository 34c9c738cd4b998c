/** Starts a host with built-in plugins, once. Arguments: how many, and `registry` where they are entered in one in memory. */
import { startPluginHost } from '../../../packages/host/src/index.ts';
import { InMemoryPluginRegistry } from '../../../packages/registry/src/index.ts';
import { definePlugin } from '../../../packages/sdk/src/index.ts';
import { testManifest } from '../../../packages/testing/src/index.ts';
import { makeStateDirectory } from './echo-host.ts';
import { serveMeasurements } from './serve.ts';

const [count, registry] = process.argv.slice(2);
const builtIn = Array.from({ length: Number(count) }, (_, index) => ({
  manifest: testManifest({ id: `bench.plugin-${index}` }),
  plugin: definePlugin({ initialize: () => ({}) }),
}));

await using stack = new AsyncDisposableStack();
const state = stack.use(await makeStateDirectory());
const common = { builtIn, stateDirectory: state.path };
await serveMeasurements({
  start: async () => {
    const options = registry === undefined ? common : { ...common, registry: new InMemoryPluginRegistry() };
    const begin = performance.now();
    const host = stack.use(await startPluginHost(options));
    const millis = performance.now() - begin;
    return { millis, active: host.plugins().filter(({ state: each }) => each === 'active').length };
  },
});
