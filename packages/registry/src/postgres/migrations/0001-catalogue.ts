import { sql, type Kysely, type SchemaModule } from 'kysely';

const identifier = sql`text collate "C"`;
const timestamp = sql`timestamptz(3)`;
const isHash = (column: string) => sql<boolean>`${sql.ref(column)} ~ '^[0-9a-f]{64}$'`;
const isOneOf = (column: string, values: readonly string[]) =>
  sql<boolean>`${sql.ref(column)} in (${sql.join(values.map((value) => sql.lit(value)))})`;

/** The catalogue, what operators want of it, and the audit trail. */
export async function up(db: Kysely<unknown>, schemaName: string): Promise<void> {
  const schema = db.schema.withSchema(schemaName);
  await createPlugins(schema);
  await createVersions(schema);
  await createDesiredStates(schema);
  await createAudit(schema);
  await makeAppendOnly(db, schemaName);
}

async function createPlugins(schema: SchemaModule): Promise<void> {
  const states = ['discovery', 'loading', 'initialization', 'active', 'shutdown', 'failed'];
  await schema
    .createTable('plugins')
    .addColumn('id', identifier, (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('trust_level', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('config_json', 'json')
    .addColumn('registered_at', timestamp, (column) => column.notNull())
    .addCheckConstraint('plugins_trust_level', isOneOf('trust_level', ['builtIn', 'trusted', 'untrusted']))
    .addCheckConstraint('plugins_status', isOneOf('status', states))
    .execute();
}

async function createVersions(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('plugin_versions')
    .addColumn('id', 'bigint', (column) => column.generatedAlwaysAsIdentity().primaryKey())
    .addColumn('plugin_id', identifier, (column) =>
      column.notNull().references('plugins.id').onDelete('cascade'),
    )
    .addColumn('version', identifier, (column) => column.notNull())
    .addColumn('assembly_hash', 'text', (column) => column.notNull())
    .addColumn('published_at', timestamp, (column) => column.notNull())
    .addColumn('manifest', 'json', (column) => column.notNull())
    .addUniqueConstraint('plugin_versions_version', ['plugin_id', 'version'])
    .addCheckConstraint('plugin_versions_assembly_hash', isHash('assembly_hash'))
    .execute();

  await schema
    .createTable('plugin_capabilities')
    .addColumn('plugin_version_id', 'bigint', (column) =>
      column.notNull().references('plugin_versions.id').onDelete('cascade'),
    )
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('capability', identifier, (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('parameters', 'json')
    .addPrimaryKeyConstraint('plugin_capabilities_pkey', [
      'plugin_version_id',
      'direction',
      'capability',
      'version',
    ])
    .addCheckConstraint('plugin_capabilities_direction', isOneOf('direction', ['provides', 'requires']))
    .addCheckConstraint('plugin_capabilities_version', sql`version >= 1`)
    .execute();
  await schema
    .createIndex('plugin_capabilities_by_capability')
    .on('plugin_capabilities')
    .columns(['capability', 'direction', 'version'])
    .execute();
}

/** Beside the specified columns of `plugins`: hosts write those, and operators write these. */
async function createDesiredStates(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('plugin_desired_states')
    .addColumn('plugin_id', identifier, (column) =>
      column.primaryKey().references('plugins.id').onDelete('cascade'),
    )
    .addColumn('pinned_version', identifier)
    .addColumn('restriction', 'text')
    .addColumn('restricted_at', timestamp)
    .addColumn('restricted_by', 'text')
    .addColumn('restriction_reason', 'text')
    .addForeignKeyConstraint(
      'plugin_desired_states_pinned_version',
      ['plugin_id', 'pinned_version'],
      'plugin_versions',
      ['plugin_id', 'version'],
    )
    .addCheckConstraint(
      'plugin_desired_states_restriction',
      isOneOf('restriction', ['disabled', 'quarantined']),
    )
    .addCheckConstraint(
      'plugin_desired_states_restricted',
      sql`num_nulls(restriction, restricted_at, restricted_by) in (0, 3)`,
    )
    .execute();
}

async function createAudit(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('audit_chains')
    .addColumn('host_id', identifier, (column) => column.primaryKey())
    .addColumn('length', 'bigint', (column) => column.notNull())
    .addColumn('head_hash', 'text', (column) => column.notNull())
    .addCheckConstraint('audit_chains_length', sql`length >= 0`)
    .addCheckConstraint('audit_chains_head_hash', isHash('head_hash'))
    .execute();

  await schema
    .createTable('audit_events')
    .addColumn('id', 'bigint', (column) => column.generatedAlwaysAsIdentity().primaryKey())
    .addColumn('host_id', identifier, (column) => column.notNull().references('audit_chains.host_id'))
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('event', identifier, (column) => column.notNull())
    .addColumn('at', timestamp, (column) => column.notNull())
    .addColumn('actor', identifier, (column) => column.notNull())
    .addColumn('plugin_id', identifier)
    .addColumn('version', 'text')
    .addColumn('trust_level', 'text')
    .addColumn('capability', 'text')
    .addColumn('code', 'text')
    .addColumn('detail', 'text')
    .addColumn('evidence', 'json')
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addUniqueConstraint('audit_events_sequence', ['host_id', 'sequence'])
    .addCheckConstraint('audit_events_sequence_from_one', sql`sequence >= 1`)
    .addCheckConstraint('audit_events_previous_hash', isHash('previous_hash'))
    .addCheckConstraint('audit_events_hash', isHash('hash'))
    .execute();

  for (const column of ['plugin_id', 'actor', 'event'])
    await schema
      .createIndex(`audit_events_by_${column}`)
      .on('audit_events')
      .columns([column, 'id'])
      .execute();
  await schema.createIndex('audit_events_by_at').on('audit_events').column('at').execute();
  const lifeEvents = ['plugin.admitted', 'plugin.activated', 'plugin.failed', 'plugin.shutdown'];
  await schema
    .createIndex('audit_events_of_life')
    .on('audit_events')
    .columns(['plugin_id', 'host_id', 'id'])
    .where(isOneOf('event', lifeEvents))
    .execute();
}

/** The trail is a record: nobody changes it, not even a host that errs. A superuser can take the trigger away; the chain shows that. */
async function makeAppendOnly(db: Kysely<unknown>, schemaName: string): Promise<void> {
  const refuse = sql.id(schemaName, 'refuse_audit_change');
  await sql`create function ${refuse}() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end
$$`.execute(db);
  await sql`create trigger audit_events_append_only before update or delete or truncate on ${sql.id(schemaName, 'audit_events')}
for each statement execute function ${refuse}()`.execute(db);
}
