/**
 * An audit trail that grows: several hosts append to it at once, each one event after the other. Arguments: `postgres` and a connection
 * string, `pglite` and a folder, or `memory`.
 */
import type { PluginCatalogue } from '../../../packages/abstractions/src/hosting.ts';
import { InMemoryPluginRegistry } from '../../../packages/registry/src/index.ts';
import { PostgresPluginRegistry } from '../../../packages/registry/src/postgres.ts';
import { quantile } from '../report/statistics.ts';
import { serveMeasurements } from './serve.ts';
import { trailEvent, trailHosts, trailPlugin, trailPlugins } from './trail-event.ts';

const [backend, place = ''] = process.argv.slice(2);
const eventsOfPage = 100;

await using stack = new AsyncDisposableStack();
const registry = stack.use(await openRegistry());
/** A server has many clients; what is in this very process has one. */
const registries: PluginCatalogue[] = [registry];
for (let host = 1; host < trailHosts; host += 1)
  registries.push(backend === 'postgres' ? stack.use(await openRegistry()) : registry);

await serveMeasurements({
  append: async ({ from, count }: { from: number; count: number }) => {
    const begin = performance.now();
    await Promise.all(
      registries.map(async (each, host) => {
        for (let number = from + host; number < from + count; number += trailHosts)
          await each.audit(trailEvent(number));
      }),
    );
    return { seconds: (performance.now() - begin) / 1000 };
  },
  query: async ({ queries }: { queries: number }) => {
    const millis: number[] = [];
    for (let query = 0; query < queries; query += 1) {
      const pluginId = trailPlugin(Math.floor(Math.random() * trailPlugins));
      const begin = performance.now();
      await registry.auditTrail({ pluginId, limit: eventsOfPage });
      millis.push(performance.now() - begin);
    }
    return { p50Millis: quantile(millis, 0.5), p99Millis: quantile(millis, 0.99) };
  },
  verify: async () => {
    const begin = performance.now();
    const { isIntact, heads } = await registry.verifyAuditChain();
    const seconds = (performance.now() - begin) / 1000;
    return { seconds, events: isIntact ? heads.reduce((sum, { sequence }) => sum + sequence, 0) : 0 };
  },
});

function openRegistry(): Promise<PluginCatalogue> {
  if (backend === 'postgres') return PostgresPluginRegistry.connect({ connectionString: place });
  if (backend === 'pglite') return PostgresPluginRegistry.open({ dataDirectory: place });
  return Promise.resolve(new InMemoryPluginRegistry());
}
