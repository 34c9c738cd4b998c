import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type RawBuilder,
} from 'kysely';
import { migrationsOf } from './migrations.ts';

/** The key of the advisory lock under which Kysely migrates (its `PostgresAdapter`): whoever migrates by hand takes it too. */
const lockKey = '3853314791062309107';

/** The migrations of a schema as SQL, by name, for operators who migrate by hand. Each is one transaction, and is entered as done. */
export async function migrationSql(schemaName: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const [name, migration] of Object.entries(migrationsOf(schemaName))) {
    const statements: string[] = [];
    const db = recordingDatabase((statement) => statements.push(statement));
    for (const statement of prologue(schemaName)) await statement.execute(db);
    await migration.up(db);
    await entered(schemaName, name).execute(db);
    files[name] = ['begin', ...statements, 'commit'].map((statement) => `${statement};\n`).join('');
  }
  return files;
}

/** What Kysely makes before the first migration. */
function prologue(schemaName: string): readonly RawBuilder<unknown>[] {
  const migrations = sql.id(schemaName, 'kysely_migration');
  const lock = sql.id(schemaName, 'kysely_migration_lock');
  return [
    sql`select pg_advisory_xact_lock(${sql.raw(lockKey)})`,
    sql`create schema if not exists ${sql.id(schemaName)}`,
    sql`create table if not exists ${migrations} ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null)`,
    sql`create table if not exists ${lock} ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null)`,
    sql`insert into ${lock} ("id", "is_locked") values ('migration_lock', 0) on conflict do nothing`,
  ];
}

function entered(schemaName: string, name: string): RawBuilder<unknown> {
  const now = sql`to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return sql`insert into ${sql.id(schemaName, 'kysely_migration')} ("name", "timestamp") values (${sql.lit(name)}, ${now})`;
}

/** A database that does nothing, and tells what it was asked. */
function recordingDatabase(tell: (statement: string) => void): Kysely<unknown> {
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => tell(query.sql),
  });
}
