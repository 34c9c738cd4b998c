import { PluginError } from '@stellaops/plugin-abstractions';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Tables } from '../tables.ts';
import { migrationsOf } from './migrations.ts';

/** Which schema, and who migrates it. */
export interface MigrateOptions {
  readonly schema: string;
  /** `false`: somebody migrates by hand, and a schema that lacks something is refused. */
  readonly migrate: boolean;
}

/**
 * Brings a schema up to date. Of hosts that start at once one does it, and the others wait (the lock is Kysely's own: an advisory lock).
 * A schema that is newer than this host is used as it is, for migrations only add. Rejects with what the database rejects with.
 */
export async function migrate(db: Kysely<Tables>, options: MigrateOptions): Promise<void> {
  const { schema } = options;
  const getMigrations = async () => ({ ...migrationsOf(schema) });
  const migrator = new Migrator({ db, provider: { getMigrations }, migrationTableSchema: schema });
  const migrations = await migrator.getMigrations();
  const pending = migrations.filter(({ executedAt }) => !executedAt).map(({ name }) => name);
  if (pending.length === 0) return;
  if (!options.migrate) {
    const problem = `the schema "${schema}" lacks ${pending.join(', ')}; run the files of that name in the folder sql of @stellaops/plugin-registry, or let a host migrate`;
    throw new PluginError('REGISTRY_UNAVAILABLE', { problem });
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
