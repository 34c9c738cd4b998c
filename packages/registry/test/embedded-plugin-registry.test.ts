import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import { StoredPluginCatalogue } from '../src/catalogue/stored-plugin-catalogue.ts';
import { EmbeddedDatabase } from '../src/postgres/embedded/embedded-database.ts';
import { migrate } from '../src/postgres/migrations/migrate.ts';
import { SqlStore } from '../src/postgres/sql-store.ts';
import { pluginCatalogueContract } from '../src/testing.ts';

const schema = 'plugin_registry';

/** A registry in a PGlite that outlives it, for one takes seconds to begin. */
class BorrowingRegistry extends StoredPluginCatalogue {
  constructor(database: EmbeddedDatabase) {
    super(
      new SqlStore(
        {
          run: (work) => database.run(work),
          runLong: (work) => database.runLong(work),
          channel: database.channel,
          listen: (hear) => database.listen(hear),
          [Symbol.asyncDispose]: async () => {},
        },
        randomUUID(),
      ),
    );
  }
}

describe('a registry in PGlite', () => {
  let pglite: PGlite;
  let database: EmbeddedDatabase;
  beforeAll(async () => {
    pglite = await PGlite.create();
    const release = async (): Promise<void> => {};
    database = new EmbeddedDatabase({ pglite, schema, callTimeoutMs: 20_000, release });
    await database.runLong((tables) => migrate(tables, { schema, migrate: true }));
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  it.each(pluginCatalogueContract)('$name', async ({ run }) => {
    const open = async (): Promise<BorrowingRegistry> => {
      await pglite.exec(
        `begin; set local session_replication_role = replica;
         truncate ${schema}.plugins, ${schema}.plugin_hosts, ${schema}.audit_chains restart identity cascade; commit`,
      );
      return new BorrowingRegistry(database);
    };
    await expect(run(open)).resolves.toBeUndefined();
  });

  it('is refused in time while somebody else holds the database', async () => {
    const release = async (): Promise<void> => {};
    const hasty = new BorrowingRegistry(
      new EmbeddedDatabase({ pglite, schema, callTimeoutMs: 100, release }),
    );
    const end = Promise.withResolvers<void>();
    const holding = pglite.transaction(() => end.promise);
    await expect(hasty.find('acme.scanner')).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      details: { problem: 'the embedded database did not answer within its time' },
    });
    end.resolve();
    await holding;
    await expect(new BorrowingRegistry(database).find('acme.nobody')).resolves.toBeUndefined();
  });

  it('is not listened to by who would have to wait too long for it, nor later', async () => {
    const release = async (): Promise<void> => {};
    const hasty = new EmbeddedDatabase({ pglite, schema, callTimeoutMs: 100, release });
    const heard: string[] = [];
    const end = Promise.withResolvers<void>();
    const holding = pglite.transaction(() => end.promise);
    await expect(hasty.listen((payload) => heard.push(payload))).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
    end.resolve();
    await holding;
    await using listening = await database.listen((payload) => heard.push(`again ${payload}`));
    await pglite.query(`select pg_notify($1, 'hello')`, [schema]);
    while (heard.length === 0) await new Promise(setImmediate);
    expect(heard).toEqual(['again hello']);
    expect(listening.ended).toBeInstanceOf(Promise);
  });
});

describe('a database in PGlite that somebody holds when it is closed', () => {
  it('is given up in time, and its folder is released when it is closed after all', async () => {
    const released = Promise.withResolvers<void>();
    let isReleased = false;
    const release = async (): Promise<void> => {
      isReleased = true;
      released.resolve();
    };
    const pglite = await PGlite.create();
    const database = new EmbeddedDatabase({ pglite, schema, callTimeoutMs: 100, release });
    await database.runLong((tables) => migrate(tables, { schema, migrate: true }));
    const [began, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = pglite.transaction(() => (began.resolve(), end.promise));
    await began.promise;
    await expect(database[Symbol.asyncDispose]()).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      details: { problem: 'the embedded database was not closed within its time' },
    });
    expect(isReleased).toBe(false);
    end.resolve();
    await holding;
    await released.promise;
    expect(pglite.closed).toBe(true);
  });
});
