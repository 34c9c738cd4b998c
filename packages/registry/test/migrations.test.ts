import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from '@jest/globals';
import { migrationSql, PostgresPluginRegistry } from '../src/postgres.ts';
import { given } from '../src/contract/given.ts';
import { openTestDatabase } from '@stellaops-tools/postgres';

const database = await openTestDatabase();
afterAll(async () => await database[Symbol.asyncDispose]());

const connect = (schema: string, more: { readonly migrate?: boolean } = {}) =>
  PostgresPluginRegistry.connect({ connectionString: database.connectionString, schema, ...more });

describe('a schema', () => {
  it('is made once by eight hosts that start at once', async () => {
    const schema = database.newSchema();
    await using fleet = startFleet(8, [database.connectionString, schema]);
    await fleet.each('ready');
    for (const host of fleet.hosts) host.stdin.write('go\n');
    await fleet.each('registered 1');
    const names = Object.keys(await migrationSql(schema));
    expect(await database.sql(`select name from ${schema}.kysely_migration order by name`)).toEqual(
      names.map((name) => ({ name })),
    );
    expect(await database.sql(`select count(*)::int from ${schema}.audit_events`)).toEqual([{ count: 1 }]);
  });

  it('has the columns of the specification, under their names', async () => {
    const schema = database.newSchema();
    await using _ = await connect(schema);
    const columns = async (table: string) => {
      const rows = await database.sql(
        'select column_name from information_schema.columns where table_schema = $1 and table_name = $2',
        [schema, table],
      );
      return rows.map((row) => row['column_name']);
    };
    expect(await columns('plugins')).toEqual([
      'id',
      'name',
      'trust_level',
      'status',
      'config_json',
      'registered_at',
    ]);
    expect(await columns('plugin_versions')).toEqual(
      expect.arrayContaining(['plugin_id', 'version', 'assembly_hash', 'published_at']),
    );
    expect(await columns('plugin_capabilities')).toEqual(
      expect.arrayContaining(['plugin_version_id', 'capability', 'parameters', 'direction', 'version']),
    );
  });

  it('is the same when its SQL is run by hand, and then needs no host to migrate', async () => {
    const [byHost, byHand] = [database.newSchema(), database.newSchema()];
    await using _ = await connect(byHost);
    for (const text of Object.values(await migrationSql(byHand))) await database.sql(text);
    expect(await describeSchema(byHand)).toEqual(await describeSchema(byHost));
    await using registry = await connect(byHand, { migrate: false });
    await registry.register(...given('acme.scanner'));
    await using other = await connect(byHand);
    expect(await other.list()).toHaveLength(1);
  });

  it('that lacks a migration is refused where hosts do not migrate, by the name of what it lacks', async () => {
    const schema = database.newSchema();
    await expect(connect(schema, { migrate: false })).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      details: { problem: expect.stringContaining(`the schema "${schema}" lacks 0001-catalogue`) },
    });
    expect(await database.sql('select 1 from pg_namespace where nspname = $1', [schema])).toEqual([]);
  });

  it('that a newer host has migrated is used as it is', async () => {
    const schema = database.newSchema();
    await (await connect(schema))[Symbol.asyncDispose]();
    await database.sql(
      `insert into ${schema}.kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')`,
    );
    await using registry = await connect(schema);
    expect((await registry.register(...given('acme.scanner'))).versions).toHaveLength(1);
  });

  it.each([
    ['quotes', `a"b'c`],
    ['a statement', 'x"; drop schema public cascade; --'],
    ['a dot', 'a.b'],
    ['capital letters', 'Plugins'],
  ])('is made under the very name it is given, with %s in it', async (_, suffix) => {
    const schema = `${database.newSchema()}_${suffix}`;
    try {
      await using registry = await connect(schema);
      await registry.register(...given('acme.scanner'));
      expect(await registry.list()).toHaveLength(1);
      expect(
        await database.sql('select nspname from pg_namespace where nspname = $1', [schema]),
      ).toHaveLength(1);
    } finally {
      await database.sql(`drop schema if exists "${schema.replaceAll('"', '""')}" cascade`);
    }
    expect(await database.sql(`select 1 as found from pg_namespace where nspname = 'public'`)).toHaveLength(
      1,
    );
  });

  it('is refused under a name that PostgreSQL would cut off', async () => {
    await expect(connect('x'.repeat(64))).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      details: { problem: expect.stringContaining('more than 63 bytes') },
    });
  });
});

/** Everything that a schema is made of, without its name. */
async function describeSchema(schema: string): Promise<unknown> {
  const queries = [
    `select table_name, column_name, ordinal_position, column_default, is_nullable, data_type, collation_name, is_identity, datetime_precision
       from information_schema.columns where table_schema = $1 order by 1, 3`,
    `select conname, conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint
       where connamespace = $1::regnamespace order by 2, 1`,
    'select indexname, indexdef from pg_indexes where schemaname = $1 order by 1',
    `select tgname, pg_get_triggerdef(oid) from pg_trigger
       where not tgisinternal and tgrelid in (select oid from pg_class where relnamespace = $1::regnamespace)`,
    'select proname, prosrc from pg_proc where pronamespace = $1::regnamespace',
    `select name from ${schema}.kysely_migration where $1 <> ''`,
    `select id, is_locked from ${schema}.kysely_migration_lock where $1 <> ''`,
  ];
  const parts = [];
  for (const query of queries) parts.push(await database.sql(query, [schema]));
  return JSON.parse(JSON.stringify(parts).replaceAll(schema, 'SCHEMA'));
}

/** Processes that run the fixture. */
function startFleet(count: number, options: readonly string[]) {
  const program = join(import.meta.dirname, 'fixtures/starting-host.ts');
  const hosts = Array.from({ length: count }, () =>
    spawn(process.execPath, [program, ...options], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const ended = hosts.map((host) => once(host, 'close'));
  const lines = hosts.map(({ stdout }) => on(createInterface(stdout), 'line', { close: ['close'] }));
  return {
    hosts,
    /** Waits until each has said this next. */
    each: async (expected: string): Promise<void> => {
      const said = await Promise.all(lines.map((line) => line.next()));
      expect(said.map(({ value }) => value?.[0])).toEqual(hosts.map(() => expected));
    },
    [Symbol.asyncDispose]: async () => {
      for (const host of hosts) host.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}
