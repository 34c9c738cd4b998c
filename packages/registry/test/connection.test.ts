import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import { eventOf, given } from '../src/contract/given.ts';
import { importDriver } from '../src/postgres/import-driver.ts';
import { PostgresPluginRegistry, type PgClient, type PgPool } from '../src/postgres.ts';
import { openTestDatabase, type TestDatabase } from '@stellaops-tools/postgres';

const ownName = 'stella-own-pool';
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

const unavailable = (problem: string) => ({
  code: 'REGISTRY_UNAVAILABLE',
  details: { problem: expect.stringContaining(problem) },
});

const connect = (callTimeoutMs?: number) => {
  const { connectionString } = database;
  return PostgresPluginRegistry.connect({
    connectionString,
    schema,
    ...(callTimeoutMs !== undefined && { callTimeoutMs }),
  });
};

/** A pool of the caller's, which ends with the test. */
function ownPool() {
  const { connectionString } = database;
  const pool = new Pool({ connectionString, max: 1, application_name: ownName });
  pool.on('error', () => undefined);
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}

/** A session that holds a table, until it is let go. */
async function hold(table: string) {
  const client = new Client({ connectionString: database.connectionString });
  await client.connect();
  await client.query(`begin; lock table ${schema}.${table} in access exclusive mode`);
  return { [Symbol.asyncDispose]: () => client.end() };
}

describe('a database that is away', () => {
  it('refuses a host that connects, and shows nobody the password', async () => {
    const connectionString = 'postgresql://ada:opensesame@127.0.0.1:1/plugins';
    const refused = await PostgresPluginRegistry.connect({ connectionString }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject(unavailable('ECONNREFUSED'));
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain('opensesame');
  });

  it('refuses a host whose connection string is none, and shows nobody the password', async () => {
    const connectionString = 'postgresql://ada:opensesame@127.0.0.1:port/plugins';
    const refused = await PostgresPluginRegistry.connect({ connectionString }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain('opensesame');
  });

  it('refuses a host in time when it takes connections and never answers', async () => {
    const sockets = new Set<{ destroy(): unknown }>();
    const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const connectionString = `postgresql://ada@127.0.0.1:${port}/plugins`;
      await expect(
        PostgresPluginRegistry.connect({ connectionString, callTimeoutMs: 100 }),
      ).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });
});

describe('a driver that is not installed', () => {
  it('is named, with the command that installs it', async () => {
    const load = () => Promise.reject(new Error('Cannot find package'));
    await expect(importDriver('pg', load)).rejects.toMatchObject(unavailable('npm install pg'));
  });
});

describe('a call', () => {
  it('that the database holds up is given up in time, and nothing of it is done later', async () => {
    await using registry = await connect(300);
    {
      await using _ = await hold('audit_events');
      await expect(registry.register(...given('acme.scanner'))).rejects.toMatchObject({
        code: 'REGISTRY_UNAVAILABLE',
      });
    }
    expect(await registry.list()).toEqual([]);
    expect((await registry.register(...given('acme.scanner'))).versions).toHaveLength(1);
  });

  it('succeeds after the connections were cut between two calls', async () => {
    await using own = ownPool();
    await using registry = await PostgresPluginRegistry.connect({ pool: own.pool, schema });
    await registry.register(...given('acme.scanner'));
    const removed = new Promise((resolve) => own.pool.once('remove', resolve));
    await cut(ownName);
    await removed;
    expect(await registry.list()).toHaveLength(1);
  });

  it('during which the connection is cut is refused, and does not end the process', async () => {
    await using registry = await connect();
    await using _ = await hold('audit_chains');
    const refused = registry.audit(eventOf('call.rejected', 'acme.scanner')).catch((error: unknown) => error);
    await waiting();
    await cut('stella-plugins');
    expect(await refused).toMatchObject(unavailable('terminat'));
  });

  it('whose connection is cut between two statements is refused, and nothing of it is done', async () => {
    await using own = ownPool();
    let isCutting = false;
    const pool: PgPool = {
      connect: async () => {
        const client = await own.pool.connect();
        const query: PgClient['query'] = async (text, values) => {
          if (isCutting && text.includes('audit_chains')) {
            isCutting = false;
            const ended = once(client, 'end');
            await cut(ownName);
            await ended;
          }
          return client.query(text, values);
        };
        return {
          query,
          on: (event, listener) => client.on(event, listener),
          removeListener: (event, listener) => client.removeListener(event, listener),
          release: (destroy) => client.release(destroy),
        };
      },
    };
    await using registry = await PostgresPluginRegistry.connect({ pool, schema });
    isCutting = true;
    await expect(registry.register(...given('acme.scanner'))).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
    expect(isCutting).toBe(false);
    expect(await registry.list()).toEqual([]);
  });
});

describe('a pool of the caller', () => {
  it('stays open when the registry is closed, as it was', async () => {
    await using own = ownPool();
    const registry = await PostgresPluginRegistry.connect({ pool: own.pool, schema });
    await registry.register(...given('acme.scanner'));
    await registry[Symbol.asyncDispose]();
    expect((await own.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect([own.pool.totalCount, own.pool.idleCount]).toEqual([1, 1]);
  });

  it('that has no connection left makes a call wait no longer than it may', async () => {
    await using own = ownPool();
    await using registry = await PostgresPluginRegistry.connect({
      pool: own.pool,
      schema,
      callTimeoutMs: 100,
    });
    const taken = await own.pool.connect();
    await expect(registry.list()).rejects.toMatchObject(
      unavailable('the database gave no connection within its time'),
    );
    taken.release();
    expect(await registry.list()).toEqual([]);
  });

  it('loses a connection that let a call wait, and no other', async () => {
    await using own = ownPool();
    await using registry = await PostgresPluginRegistry.connect({
      pool: own.pool,
      schema,
      callTimeoutMs: 100,
    });
    expect(own.pool.totalCount).toBe(1);
    {
      await using _ = await hold('plugins');
      await expect(registry.list()).rejects.toMatchObject(
        unavailable('the database did not answer within its time'),
      );
      expect(own.pool.totalCount).toBe(0);
    }
    expect(await registry.list()).toEqual([]);
  });

  it('keeps a connection on which the database refused something', async () => {
    await using own = ownPool();
    await using registry = await PostgresPluginRegistry.connect({ pool: own.pool, schema });
    await expect(registry.find('\0')).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect([own.pool.totalCount, own.pool.idleCount]).toEqual([1, 1]);
  });
});

/** Ends the connections of that name, as an administrator may. */
async function cut(name: string): Promise<void> {
  await database.sql(
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1',
    [name],
  );
}

/** Resolves when a registry waits for a lock. */
async function waiting(): Promise<void> {
  const query = `select 1 from pg_stat_activity where application_name = 'stella-plugins' and wait_event_type = 'Lock'`;
  while ((await database.sql(query)).length === 0) continue;
}
