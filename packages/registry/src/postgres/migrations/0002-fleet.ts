import { sql, type Kysely, type SchemaModule } from 'kysely';

const identifier = sql`text collate "C"`;
const timestamp = sql`timestamptz(3)`;

/** The hosts of a fleet, and how each of its instances stands. */
export async function up(db: Kysely<unknown>, schemaName: string): Promise<void> {
  const schema = db.schema.withSchema(schemaName);
  await createHosts(schema);
  await createInstances(schema);
  // Instances say now what the last events of a life said before.
  await schema.dropIndex('audit_events_of_life').execute();
}

/** It has no index but its key, so that a heartbeat writes no more than a row. */
async function createHosts(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('plugin_hosts')
    .addColumn('host_id', identifier, (column) => column.primaryKey())
    .addColumn('incarnation', 'uuid', (column) => column.notNull())
    .addColumn('machine', 'text', (column) => column.notNull())
    .addColumn('process_id', 'bigint', (column) => column.notNull())
    .addColumn('process_identity', 'text', (column) => column.notNull())
    .addColumn('joined_at', timestamp, (column) => column.notNull())
    .addColumn('heartbeat_at', timestamp, (column) => column.notNull())
    .addColumn('lost_after_ms', 'bigint', (column) => column.notNull())
    .addCheckConstraint('plugin_hosts_lost_after_ms', sql`lost_after_ms > 0`)
    .execute();
}

async function createInstances(schema: SchemaModule): Promise<void> {
  const states = ['discovery', 'loading', 'initialization', 'active', 'shutdown', 'failed'];
  await schema
    .createTable('plugin_instances')
    .addColumn('host_id', identifier, (column) =>
      column.notNull().references('plugin_hosts.host_id').onDelete('cascade'),
    )
    .addColumn('plugin_id', identifier, (column) => column.notNull())
    .addColumn('version', identifier, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('since', timestamp, (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('detail', 'text')
    .addPrimaryKeyConstraint('plugin_instances_pkey', ['host_id', 'plugin_id'])
    .addForeignKeyConstraint(
      'plugin_instances_version',
      ['plugin_id', 'version'],
      'plugin_versions',
      ['plugin_id', 'version'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .addCheckConstraint(
      'plugin_instances_state',
      sql<boolean>`state in (${sql.join(states.map((state) => sql.lit(state)))})`,
    )
    .execute();
  await schema
    .createIndex('plugin_instances_by_version')
    .on('plugin_instances')
    .columns(['plugin_id', 'version'])
    .execute();
}
