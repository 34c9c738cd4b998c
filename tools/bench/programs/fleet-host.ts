/**
 * A host of a fleet with plugins that are linked in. Arguments: connection string, host id, state directory, how many plugins. It ends
 * like a process that is killed: nobody waits for fifty hosts to sign off.
 */
import { startPluginHost, type PluginHost } from '../../../packages/host/src/index.ts';
import { PostgresPluginRegistry } from '../../../packages/registry/src/postgres.ts';
import { definePlugin } from '../../../packages/sdk/src/index.ts';
import { testManifest } from '../../../packages/testing/src/index.ts';
import { silentLogger } from '../../../packages/testing/src/silent-logger.ts';
import { serveMeasurements } from './serve.ts';

const [connectionString = '', hostId = '', stateDirectory = '', plugins = '0'] = process.argv.slice(2);
/** When a plugin was told to stop, which is after it has left `active`; by plugin id. */
const stops = new Map<string, PromiseWithResolvers<number>>();

const linked = Array.from({ length: Number(plugins) }, (_, index) => {
  const id = `bench.plugin-${index}`;
  const stopped = Promise.withResolvers<number>();
  stops.set(id, stopped);
  const plugin = definePlugin({ initialize: () => ({ stop: () => stopped.resolve(now()) }) });
  return { manifest: testManifest({ id }), plugin };
});

// Also while an answer is awaited that will not come.
process.stdin.once('end', () => process.exit(0));

let host: PluginHost | undefined;
await serveMeasurements({
  start: async () => {
    const begin = now();
    const registry = await PostgresPluginRegistry.connect({ connectionString });
    const connected = now();
    host = await startPluginHost({
      registry,
      hostId,
      stateDirectory,
      builtIn: linked,
      logger: silentLogger,
    });
    const active = host.plugins().filter(({ state }) => state === 'active').length;
    return { connectMillis: connected - begin, startMillis: now() - connected, active };
  },
  stopped: async ({ pluginId }: { pluginId: string }) => ({ at: await stops.get(pluginId)?.promise }),
});

/** In milliseconds, by the clock that all processes of a machine share (clock_gettime(2), `CLOCK_MONOTONIC`). */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
