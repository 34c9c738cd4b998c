/**
 * A host of a fleet with two plugins that are linked in, until its standard input ends. Arguments: connection string, schema, host id, how
 * many milliseconds its clock is ahead. Prints a line when it has started, and one for each plugin that it was told to stop or start again.
 */
import { startPluginHost } from '@stellaops/plugin-host';
import { PostgresPluginRegistry } from '@stellaops/plugin-registry/postgres';
import { definePlugin } from '@stellaops/plugin-sdk';
import { recordingLogger, testManifest } from '../../src/index.ts';

const [connectionString = '', schema = '', hostId = '', aheadMs = '0'] = process.argv.slice(2);
const RightDate = Date;
globalThis.Date = class extends RightDate {
  constructor(...given: [] | [string | number]) {
    super(...((given.length === 0 ? [Date.now()] : given) as [number]));
  }

  static override now(): number {
    return RightDate.now() + Number(aheadMs);
  }
} as DateConstructor;

const linked = (id: string) => ({
  manifest: testManifest({ id }),
  plugin: definePlugin({
    initialize: () => ({
      start: () => console.log(`started ${id}`),
      stop: () => console.log(`stopped ${id}`),
    }),
  }),
});

const registry = await PostgresPluginRegistry.connect({ connectionString, schema });
const host = await startPluginHost({
  registry,
  hostId,
  builtIn: [linked('test.one'), linked('test.two')],
  logger: recordingLogger(),
  fleet: { heartbeatIntervalMs: 100, lostAfterMs: 2_000, reconcileIntervalMs: 3_600_000 },
});
console.log('ready');
for await (const _ of process.stdin);
await host.stop();
await registry[Symbol.asyncDispose]();
