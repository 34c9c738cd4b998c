import { Socket } from 'node:net';
import { PluginError } from '@stellaops/plugin-abstractions';
import { importDriver } from '../import-driver.ts';
import { migrate } from '../migrations/migrate.ts';
import { registryError } from '../registry-error.ts';
import type { SqlDatabase } from '../sql-database.ts';
import type { PgClient, PgPool } from './bounded-pool.ts';
import { PooledDatabase } from './pooled-database.ts';

/** Waiting for another host that migrates takes part in it. */
const migrationTimeoutMs = 300_000;
/** Of a host, beside the one that listens: the more, the fewer hosts below the hundred that a server allows unless told otherwise. */
const maxConnections = 2;
/** NAMEDATALEN - 1: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
const longestNameBytes = 63;

/** How a server is reached. */
export type ConnectOptions = {
  /** Default `plugin_registry`. It is made where it is missing. */
  readonly schema?: string;
  /** Default `true`. `false` where somebody runs the files of the folder `sql` by hand: then a schema that lacks one is refused. */
  readonly migrate?: boolean;
  /** What one call may take, from waiting for a connection to the last answer. Default 10 s. */
  readonly callTimeoutMs?: number;
} & (
  | {
      /** `postgresql://...`: the registry has a pool of its own, of two connections, and a third while somebody watches. */
      readonly connectionString: string;
      readonly pool?: never;
    }
  | {
      /**
       * A pool of `pg`, which the caller ends. It needs two connections at least: one is taken while somebody watches, as each host does.
       * The server bounds no statement unless the pool says so: set its `statement_timeout`.
       */
      readonly pool: PgPool;
      readonly connectionString?: never;
    }
);

/** Connects to a server, and brings the schema up to date. */
export async function connectDatabase(options: ConnectOptions): Promise<SqlDatabase> {
  const { schema = 'plugin_registry', callTimeoutMs = 10_000 } = options;
  if (Buffer.byteLength(schema) > longestNameBytes) {
    const problem = `the name of the schema "${schema}" has more than ${longestNameBytes} bytes`;
    throw new PluginError('REGISTRY_UNAVAILABLE', { problem });
  }
  const bringUpToDate = async (pool: PgPool): Promise<void> => {
    const end = async (): Promise<void> => {};
    const connect = (): Promise<PgClient> => pool.connect();
    const database = new PooledDatabase({ pool, schema, callTimeoutMs: migrationTimeoutMs, connect, end });
    await database.run((tables) => migrate(tables, { schema, migrate: options.migrate ?? true }));
  };
  if (options.pool) {
    const { pool } = options;
    await bringUpToDate(pool);
    const connect = (): Promise<PgClient> => pool.connect();
    return new PooledDatabase({ pool, schema, callTimeoutMs, connect, end: async () => {} });
  }
  const { connectionString } = options;
  const migrating = await openPool({
    connectionString,
    callTimeoutMs,
    statementTimeoutMs: migrationTimeoutMs,
  });
  try {
    await bringUpToDate(migrating);
  } finally {
    await migrating.end();
  }
  const pool = await openPool({ connectionString, callTimeoutMs, statementTimeoutMs: callTimeoutMs });
  const connect = (): Promise<PgClient> => openConnection(connectionString, callTimeoutMs);
  return new PooledDatabase({ pool, schema, callTimeoutMs, connect, end: () => pool.end() });
}

interface PoolOptions {
  readonly connectionString: string;
  readonly callTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

async function openPool({ connectionString, callTimeoutMs, statementTimeoutMs }: PoolOptions) {
  const { default: pg } = await importDriver('pg', () => import('pg'));
  try {
    const pool = new pg.Pool({
      connectionString,
      max: maxConnections,
      connectionTimeoutMillis: callTimeoutMs,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs, // a host that stands still holds up no other
      application_name: 'stella-plugins',
      allowExitOnIdle: true,
    });
    // An idle connection that ends is taken out by the pool itself, which ends the process when nobody listens.
    pool.on('error', () => undefined);
    return pool;
  } catch (error) {
    throw registryError(error);
  }
}

/** Its own, so that what is waited for on it takes none of the pool. A server that stands still does not end it: then it is cut. */
async function openConnection(connectionString: string, callTimeoutMs: number): Promise<PgClient> {
  const { default: pg } = await importDriver('pg', () => import('pg'));
  const socket = new Socket();
  const client = new pg.Client({
    connectionString,
    stream: () => socket,
    connectionTimeoutMillis: callTimeoutMs,
    keepAlive: true, // nothing is sent on it, so nobody else would notice that the other end is gone
    application_name: 'stella-plugins',
  });
  await client.connect();
  const release = (): void => {
    socket.unref(); // nobody waits for it
    const cut = setTimeout(() => socket.destroy(), callTimeoutMs).unref();
    client
      .end()
      .catch(() => undefined)
      .finally(() => clearTimeout(cut));
  };
  return Object.assign(client, { release });
}
