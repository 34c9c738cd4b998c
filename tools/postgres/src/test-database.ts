import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { startPostgres } from './start-postgres.ts';

/** A database for the tests of one file. */
export interface TestDatabase extends AsyncDisposable {
  readonly connectionString: string;
  /** The name of a schema that nobody else uses; it goes with the database. */
  newSchema(): string;
  /** Takes every entry and every event out of a schema, where there is one. */
  empty(schema: string): Promise<void>;
  /** Runs plain SQL, as somebody who may do everything. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** That of `DATABASE_URL` where it is set, else one on a server of its own. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const given = process.env['DATABASE_URL'];
  const server = given === undefined ? await startPostgres() : undefined;
  const connectionString = server?.connectionString ?? given ?? '';
  const pool = new Pool({ connectionString, max: 1 });
  pool.on('error', () => undefined);
  const schemas: string[] = [];
  const sql: TestDatabase['sql'] = async (text, values = []) => (await pool.query(text, [...values])).rows;
  return {
    connectionString,
    newSchema: () => {
      const schema = `test_${randomBytes(6).toString('hex')}`;
      schemas.push(schema);
      return schema;
    },
    sql,
    empty: async (schema) => {
      const found = await sql(`select to_regclass('${schema}.plugins') is not null as is_there`);
      if (found[0]?.['is_there'] !== true) return;
      await sql(
        `begin; set local session_replication_role = replica;
         truncate ${schema}.plugins, ${schema}.plugin_hosts, ${schema}.audit_chains restart identity cascade; commit`,
      );
    },
    [Symbol.asyncDispose]: async () => {
      try {
        for (const schema of schemas) await sql(`drop schema if exists ${schema} cascade`);
      } finally {
        await pool.end();
        await server?.[Symbol.asyncDispose]();
      }
    },
  };
}
