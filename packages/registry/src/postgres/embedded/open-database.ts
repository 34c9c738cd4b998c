import type { PGlite } from '@electric-sql/pglite';
import { join } from 'node:path';
import { inTotal, withinTime } from '../connection/time-allowance.ts';
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
  /** What opening may take, with what brings the schema up to date. Default 300 s. */
  readonly openTimeoutMs?: number;
}

/** Opens a folder with a database, and brings its schema up to date. */
export async function openDatabase(options: OpenOptions): Promise<SqlDatabase> {
  const { dataDirectory, callTimeoutMs = 10_000, openTimeoutMs = 300_000 } = options;
  const driver = await importDriver('@electric-sql/pglite', () => import('@electric-sql/pglite'));
  try {
    return await withinTime(
      inTotal(openTimeoutMs),
      `the folder ${dataDirectory} was not opened`,
      () => open(driver, dataDirectory, callTimeoutMs),
      (late) => void Promise.resolve(late[Symbol.asyncDispose]()).catch(() => undefined), // it is nobody's
    );
  } catch (error) {
    throw registryError(error);
  }
}

async function open(
  driver: { readonly PGlite: typeof PGlite },
  dataDirectory: string,
  callTimeoutMs: number,
): Promise<SqlDatabase> {
  const claim = await claimFolder(dataDirectory);
  const pglite = await driver.PGlite.create(join(dataDirectory, 'data')).catch(async (error: unknown) => {
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
}
