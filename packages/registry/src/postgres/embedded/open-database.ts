import { join } from 'node:path';
import { importDriver } from '../import-driver.ts';
import { migrate } from '../migrations/migrate.ts';
import { registryError } from '../registry-error.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { claimFolder } from './folder-claim.ts';

/** Nobody else is in the folder, so its name need not be chosen. */
const schema = 'plugin_registry';

/** Where a database is kept. */
export interface OpenOptions {
  /** Made where it is missing. Nothing else belongs into it. */
  readonly dataDirectory: string;
  /** What one call may take, its turn included. Default 10 s. */
  readonly callTimeoutMs?: number;
}

/** Opens a folder with a database, and brings its schema up to date. */
export async function openDatabase(options: OpenOptions): Promise<SqlDatabase> {
  const { dataDirectory, callTimeoutMs = 10_000 } = options;
  const { PGlite } = await importDriver('@electric-sql/pglite', () => import('@electric-sql/pglite'));
  try {
    const claim = await claimFolder(dataDirectory);
    const pglite = await PGlite.create(join(dataDirectory, 'data')).catch(async (error: unknown) => {
      await claim.release();
      throw error;
    });
    const database = new EmbeddedDatabase({ pglite, schema, callTimeoutMs, release: () => claim.release() });
    try {
      await database.runLong((tables) => migrate(tables, { schema, migrate: true }));
      return database;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    throw registryError(error);
  }
}
