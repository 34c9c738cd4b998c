import { sql, type Kysely } from 'kysely';

/** Events have ids, which are written once; and the catalogue has one, by which a host knows it again. */
export async function up(db: Kysely<unknown>, schemaName: string): Promise<void> {
  const schema = db.schema.withSchema(schemaName);
  // Events from before have none, and neither have those of hosts of the version before: nothing is ever changed in them.
  await schema.alterTable('audit_events').addColumn('event_id', 'uuid').execute();
  await schema
    .createIndex('audit_events_by_event_id')
    .on('audit_events')
    .column('event_id')
    .unique()
    .execute();
  await schema
    .createTable('registry_identity')
    .addColumn('id', 'uuid', (column) => column.notNull())
    .addColumn('is_only', 'boolean', (column) => column.primaryKey().defaultTo(true))
    .addCheckConstraint('registry_identity_is_only', sql`is_only`)
    .execute();
  await sql`insert into ${sql.id(schemaName, 'registry_identity')} (id) values (gen_random_uuid())`.execute(
    db,
  );
}
