import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CatalogueNotice, PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { Pool } from 'pg';
import { Notices } from '../src/catalogue/notices.ts';
import { given, operator } from '../src/contract/given.ts';
import { PostgresPluginRegistry, type PgClient } from '../src/postgres.ts';
import { openTestDatabase, type TestDatabase } from '@stellaops-tools/postgres';

let database: TestDatabase;
let schema: string;
beforeAll(async () => {
  database = await openTestDatabase();
  schema = database.newSchema();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(() => database.empty(schema));

const id = 'acme.scanner';
const quarantined = { kind: 'changed', pluginId: id, event: 'plugin.quarantined' };

const connect = () => PostgresPluginRegistry.connect({ connectionString: database.connectionString, schema });

/** The sessions that listen, by process id of the server. */
const listeners = async () => {
  const rows = await database.sql(
    `select pid from pg_stat_activity where application_name = 'stella-plugins' and query ilike 'listen %'`,
  );
  return rows.map(({ pid }) => Number(pid));
};

/** A watch of which the first word is read. */
async function watched(catalogue: PluginCatalogue) {
  const over = new AbortController();
  const notices = catalogue.watch(over.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<CatalogueNotice | undefined> => (await notices.next()).value;
  expect(await next()).toEqual({ kind: 'resync' });
  const end = async (): Promise<void> => {
    over.abort();
    await notices.return?.();
  };
  return { next, [Symbol.asyncDispose]: end };
}

describe('a watch of a registry on a server', () => {
  it('hears what another host decides', async () => {
    await using here = await connect();
    await using there = await connect();
    await there.register(...given(id));
    await using watch = await watched(here);
    await there.quarantine(id, operator);
    expect(await watch.next()).toEqual(quarantined);
  });

  it('says after its connection was killed that anything may have changed, and hears again', async () => {
    await using registry = await connect();
    await registry.register(...given(id));
    await using watch = await watched(registry);
    const [listener] = await listeners();
    await database.sql('select pg_terminate_backend($1)', [listener]);
    await registry.disable(id, operator);
    expect(await watch.next()).toEqual({ kind: 'resync' });
    expect(await registry.desiredStates([id])).toMatchObject([{ restriction: { kind: 'disabled' } }]);
    await registry.quarantine(id, operator);
    let heard = await watch.next();
    // The new connection may have come in time to hear of that as well.
    if (heard?.kind === 'changed' && heard.event === 'plugin.disabled') heard = await watch.next();
    expect(heard).toEqual(quarantined);
    expect(await listeners()).not.toContain(listener);
  });

  it('begins when there is a connection, however often there was none', async () => {
    const pool = new Pool({ connectionString: database.connectionString, max: 2 });
    let refusals = 0;
    let isRefusing = false;
    const connectOrNot = async (): Promise<PgClient> => {
      if (!isRefusing) return pool.connect();
      refusals += 1;
      if (refusals === 3) isRefusing = false;
      throw new Error('too many clients already');
    };
    {
      await using registry = await PostgresPluginRegistry.connect({
        pool: { connect: connectOrNot },
        schema,
      });
      isRefusing = true;
      await using watch = await watched(registry);
      expect(refusals).toBe(3);
      await registry.register(...given(id));
      expect(await watch.next()).toEqual({ kind: 'changed', pluginId: id, event: 'plugin.registered' });
    }
    await pool.end();
  });

  it('gives its connection back, also that of the pool of a caller', async () => {
    const pool = new Pool({
      connectionString: database.connectionString,
      max: 2,
      application_name: 'stella-plugins',
    });
    pool.on('error', () => undefined);
    {
      await using registry = await PostgresPluginRegistry.connect({ pool, schema });
      await registry.register(...given(id));
      await using watch = await watched(registry);
      expect(await listeners()).toHaveLength(1);
      await registry.quarantine(id, operator);
      expect(await watch.next()).toEqual(quarantined);
    }
    await pool.end();
    while ((await listeners()).length > 0);
  });

  it('takes what it does not understand for a word to look at all', async () => {
    await using registry = await connect();
    await using watch = await watched(registry);
    await database.sql(`select pg_notify($1, 'hello')`, [schema]);
    expect(await watch.next()).toEqual({ kind: 'resync' });
    await database.sql(`select pg_notify($1, '{"kind":"changed","pluginId":7}')`, [schema]);
    expect(await watch.next()).toEqual({ kind: 'resync' });
  });
});

describe('notices that nobody reads', () => {
  const change = (number: number): CatalogueNotice => ({
    kind: 'changed',
    pluginId: `acme.plugin-${number}`,
    event: 'plugin.pinned',
  });
  const read = async (notices: Notices): Promise<readonly CatalogueNotice[]> => {
    const over = new AbortController();
    const seen: CatalogueNotice[] = [];
    for await (const notice of notices.read(over.signal)) {
      seen.push(notice);
      if (notice.kind === 'changed' && notice.pluginId === 'acme.plugin-0') over.abort();
    }
    return seen;
  };

  it('are kept in order, up to a thousand', async () => {
    const notices = new Notices();
    for (let number = 999; number >= 0; number--) notices.add(change(number));
    const seen = await read(notices);
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => change(999 - index)));
  });

  it('become one word to look at all, where there are more', async () => {
    const notices = new Notices();
    for (let number = 5000; number > 0; number--) notices.add(change(number));
    const reading = read(notices);
    await new Promise(setImmediate);
    notices.add(change(0));
    expect(await reading).toEqual([{ kind: 'resync' }, change(0)]);
  });
});
