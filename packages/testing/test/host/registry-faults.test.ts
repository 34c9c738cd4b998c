import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresPluginRegistry } from '@stellaops/plugin-registry/postgres';
import { makeDurablePostgres, type DurablePostgres } from '@stellaops-tools/postgres';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';
import { until } from '../until.ts';

const server = makeDurablePostgres();
let schema: string;
let stateDirectory: string;
beforeAll(() => server.start());
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  schema = `test_${randomBytes(6).toString('hex')}`;
  stateDirectory = await mkdtemp(join(tmpdir(), 'stella-test-state-'));
});
afterEach(() => rm(stateDirectory, { recursive: true, force: true }));

const connect = (callTimeoutMs = 5_000) =>
  PostgresPluginRegistry.connect({ connectionString: server.connectionString, schema, callTimeoutMs });
/** One that is gone refuses at once, and one that comes back is slow. */
const slowMs = 30_000;
const common = () => ({ stateDirectory, timeouts: { registryTimeoutMs: 4_000 } });

interface Fault {
  readonly name: string;
  readonly begin: (server: DurablePostgres) => unknown;
  readonly end: (server: DurablePostgres) => unknown;
}

const faults: readonly Fault[] = [
  { name: 'is killed and comes back', begin: (db) => db.kill(), end: (db) => db.start() },
  { name: 'stands still and goes on', begin: (db) => db.pause(), end: (db) => db.resume() },
  {
    name: 'takes no writes',
    begin: (db) => readOnly(db, 'on'),
    end: (db) => readOnly(db, 'off'),
  },
  {
    // A disk of its own needs a mount: this is the answer that PostgreSQL gives when there is no room (53100).
    name: 'has a full disk',
    begin: (db) => onInsert(db, `raise exception 'could not extend file' using errcode = 'disk_full'`),
    end: (db) => onInsert(db, 'return new'),
  },
];

describe('a host whose PostgreSQL', () => {
  it.each(faults)('$name serves its plugins, and loses nothing', async ({ begin, end }) => {
    await using registry = await connect();
    await using bad = await createPluginPackage({ manifest: '{' });
    const plugin = fakePlugin({ id: 'test.one' });
    await using host = await startHost({
      ...common(),
      registry,
      builtIn: [plugin],
      pluginPaths: [bad.directory],
    });
    await begin(server);
    try {
      for (let count = 0; count < 3; count++) await host.rescan();
      expect(host.isActive('test.one')).toBe(true);
      const { status, registry: stands } = host.health();
      expect([status, stands?.waiting, stands?.unrecorded]).toEqual(['degraded', 3, 0]);
      expect(stands?.away?.problem).toEqual(expect.any(String));
    } finally {
      await end(server);
    }
    await until(() => host.health().registry?.waiting === 0);
    expect(host.health().registry?.away).toBeUndefined();
    await host.rescan();
    await host.stop();
    await expectWhole(registry, ['registered', 'admitted', 'activated', 'shutdown'], 5);
  });

  it('cuts the connection in the middle of a transaction makes the change once', async () => {
    await using registry = await connect();
    await using bad = await createPluginPackage({ manifest: '{' });
    await using host = await startHost({ ...common(), registry, pluginPaths: [bad.directory] });
    await server.sql(`create sequence ${schema}.cuts`);
    await onInsert(
      server,
      `if nextval('${schema}.cuts') <= 2 then perform pg_terminate_backend(pg_backend_pid()); end if; return new`,
    );
    await host.rescan();
    await until(() => host.health().registry?.waiting === 0);
    const cuts = await server.sql(`select last_value::int from ${schema}.cuts`);
    expect(cuts).toEqual([{ last_value: 3 }]);
    await host.stop();
    await expectWhole(registry, [], 2);
  });

  it('is gone when the host starts runs nothing that it cannot ask about, and does when it is back', async () => {
    await using registry = await connect(slowMs);
    await server.kill();
    await expect(connect()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await using host = await startHost({
      stateDirectory,
      timeouts: { registryTimeoutMs: slowMs },
      registry,
      builtIn: [fakePlugin({ id: 'test.one' })],
    });
    const before = statusOf(host, 'test.one');
    await server.start();
    expect(before).toMatchObject({ state: 'failed', error: { code: 'REGISTRY_UNAVAILABLE' } });
    await host.rescan();
    expect(host.isActive('test.one')).toBe(true);
    await host.stop();
    await expectWhole(registry, ['failed', 'registered', 'admitted', 'activated', 'shutdown'], 0);
  });
});

describe('two hosts that register the same plugin at once', () => {
  it('both run it, and it is registered once', async () => {
    await using one = await connect();
    await using other = await connect();
    const start = (registry: PostgresPluginRegistry, hostId: string) =>
      startHost({ ...common(), registry, hostId, builtIn: [fakePlugin({ id: 'test.one' })] });
    const hosts = await Promise.all([start(one, 'host-1'), start(other, 'host-2')]);
    expect(hosts.map((host) => host.isActive('test.one'))).toEqual([true, true]);
    for (const host of hosts) await host.stop();
    expect(await one.auditTrail({ event: 'plugin.registered' })).toHaveLength(1);
    expect(await one.auditTrail({ event: 'plugin.shutdown' })).toHaveLength(2);
    expect(await one.verifyAuditChain()).toMatchObject({ isIntact: true });
  });
});

/** The trail has the life of the plugin and so many refusals: each once, in the order in which they happened. */
async function expectWhole(
  registry: PostgresPluginRegistry,
  life: readonly string[],
  refusals: number,
): Promise<void> {
  const trail = await registry.auditTrail({ hostId: 'host-1' });
  const ofLife = trail.filter(({ pluginId }) => pluginId === 'test.one').map(({ event }) => event);
  expect(ofLife).toEqual(life.map((name) => `plugin.${name}`));
  expect(trail.filter(({ event }) => event === 'plugin.refused')).toHaveLength(refusals);
  expect(new Set(trail.map(({ id }) => id)).size).toBe(trail.length);
  const times = trail.map(({ at }) => at.getTime());
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true });
}

async function readOnly(db: DurablePostgres, value: 'on' | 'off'): Promise<void> {
  await db.sql(`alter system set default_transaction_read_only = ${value}`);
  await db.sql('select pg_reload_conf()');
  // Whoever connects now has it, and the sessions that are there were told before.
  const now = async () => (await db.sql('show default_transaction_read_only'))[0];
  while ((await now())?.['default_transaction_read_only'] !== value) continue;
}

/** What is done to each event that is written. */
async function onInsert(db: DurablePostgres, body: string): Promise<void> {
  await db.sql(
    `create or replace function ${schema}.on_insert() returns trigger language plpgsql as $$ begin ${body}; end $$`,
  );
  await db.sql(
    `create or replace trigger on_insert before insert on ${schema}.audit_events for each row execute function ${schema}.on_insert()`,
  );
}
