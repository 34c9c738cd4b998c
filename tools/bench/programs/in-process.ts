/**
 * A host whose plugin runs in this process. The first argument says how: `builtIn`; `timed`, a trusted one whose calls are counted and
 * timed; `bounded`, a trusted one with a deadline and a bound on its calls, as the defaults have it.
 */
import { implement } from '../../../packages/abstractions/src/index.ts';
import { startPluginHost, trustSigners, type PluginHost } from '../../../packages/host/src/index.ts';
import { createSigningKey } from '../../../packages/sdk/src/packaging.ts';
import { definePlugin } from '../../../packages/sdk/src/index.ts';
import { createPluginPackage, testManifest } from '../../../packages/testing/src/index.ts';
import { Tick } from '../plugins/tick.ts';
import { bundleFiles, makeStateDirectory } from './echo-host.ts';
import { serveMeasurements } from './serve.ts';

const id = 'bench.tick';
const variant = process.argv[2];
const own = { tick: async (count: number) => count + 1 };

await using stack = new AsyncDisposableStack();
const host = stack.use(variant === 'builtIn' ? await startBuiltIn() : await startTrusted());
const tick = host.resolve(Tick);
await serveMeasurements({
  identity: () => ({ isSame: tick === own }),
  calls: async ({ calls }: { calls: number }) => {
    const begin = process.hrtime.bigint();
    let count = 0;
    while (count < calls) count = await tick.tick(count);
    return { nanos: Number(process.hrtime.bigint() - begin) / calls };
  },
});

function startBuiltIn(): Promise<PluginHost> {
  const plugin = definePlugin({ initialize: () => ({ provides: [implement(Tick, own)] }) });
  return startPluginHost({
    builtIn: [{ manifest: testManifest({ id, provides: [Tick] }), plugin }],
    required: [id],
  });
}

async function startTrusted(): Promise<PluginHost> {
  const { publicKey, privateKey } = createSigningKey();
  const state = stack.use(await makeStateDirectory());
  const files = await bundleFiles('../plugins/tick.ts');
  const made = await createPluginPackage({ manifest: { id, provides: [Tick] }, files, privateKey });
  const { directory } = stack.use(made);
  return startPluginHost({
    stateDirectory: state.path,
    pluginPaths: [directory],
    trust: trustSigners({ bench: publicKey }),
    required: [id],
    ...(variant === 'timed' && { timeouts: { callTimeoutMs: Infinity } }),
  });
}
