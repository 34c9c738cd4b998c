import type { SqlDatabase } from './sql-database.ts';

/** The UUID that a catalogue got when its tables were made. */
export async function readIdentity(database: SqlDatabase): Promise<string> {
  const { id } = await database.run((tables) =>
    tables.selectFrom('registry_identity').select('id').executeTakeFirstOrThrow(),
  );
  return id;
}
