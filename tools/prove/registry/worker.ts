/**
 * A host under load, until it is told to stop: it tells its registry one event after the other, by the very parts with which a host does,
 * and writes down what it believes is recorded. Arguments: connection string, schema, state directory, host id, file of beliefs.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { AuditEvent, PluginManifest } from '../../../packages/abstractions/src/hosting.ts';
import { completeOptions } from '../../../packages/host/src/host-options.ts';
import { createRegistryWriter } from '../../../packages/host/src/journal/create-registry-writer.ts';
import { StateDirectory } from '../../../packages/host/src/state-directory.ts';
import { PostgresPluginRegistry } from '../../../packages/registry/src/postgres.ts';
import { silentLogger } from '../../../packages/testing/src/silent-logger.ts';

const [connectionString = '', schema = '', stateDirectory = '', hostId = '', beliefs = ''] =
  process.argv.slice(2);
const writersAtOnce = 4;
/** Events come as fast as a busy host makes them, and not as fast as a disk takes them. */
const pauseMs = 100;
const file = openSync(beliefs, 'a');
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

const registry = await connect();
const options = completeOptions({
  registry,
  hostId,
  logger: silentLogger,
  timeouts: { registryTimeoutMs: 2_000 },
});
const writer = createRegistryWriter(options, new StateDirectory(stateDirectory));
await writer?.open();
const run = randomUUID();
const pluginId = `prove.${hostId}`;
let number = 0;
await register();
await Promise.all(Array.from({ length: writersAtOnce }, work));
await writer?.close();
await registry[Symbol.asyncDispose]();
closeSync(file);

/** A host whose database is away at its start is started again by whoever runs it. */
async function connect(): Promise<PostgresPluginRegistry> {
  for (;;) {
    try {
      return await PostgresPluginRegistry.connect({ connectionString, schema, callTimeoutMs: 2_000 });
    } catch (error) {
      if (stopping.signal.aborted) throw error;
      await setTimeout(50);
    }
  }
}

async function work(): Promise<void> {
  while (!stopping.signal.aborted) {
    await setTimeout(pauseMs);
    if (number % 10 === 9) await register();
    const event = newEvent(number % 2 === 0 ? 'plugin.activated' : 'call.rejected');
    try {
      await writer?.tell(event.event === 'call.rejected' ? { event } : { event, status: 'active' });
      believe({ id: event.id });
    } catch {
      continue; // the journal is full, or the registry does not know the plugin
    }
  }
}

/** A change of the catalogue: a version of its own. */
async function register(): Promise<void> {
  const event = newEvent('plugin.registered');
  const version = `${Date.now()}.${number}.0`;
  const manifest: PluginManifest = {
    manifestVersion: 1,
    id: pluginId,
    name: pluginId,
    version,
    entry: 'dist/plugin.js',
    provides: [],
  };
  const digest = createHash('sha256').update(version).digest('hex');
  try {
    await writer?.ask((each) => each.register({ manifest, digest, trustLevel: 'untrusted' }, event));
    believe({ id: event.id, version, digest });
  } catch {
    return; // the registry is away: a host would not start the plugin
  }
}

/** The order in which a run makes its events stands in them. */
function newEvent(event: AuditEvent['event']): AuditEvent {
  const detail = `${run} ${number++}`;
  return { id: randomUUID(), event, at: new Date(), actor: 'prove', hostId, pluginId, detail };
}

function believe(belief: object): void {
  writeSync(file, `${JSON.stringify(belief)}\n`);
  fdatasyncSync(file);
}
