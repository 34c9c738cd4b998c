import { StoredPluginCatalogue } from '../catalogue/stored-plugin-catalogue.ts';
import { connectDatabase, type ConnectOptions } from './connection/connect-database.ts';
import { openDatabase, type OpenOptions } from './embedded/open-database.ts';
import { readIdentity } from './registry-identity.ts';
import type { SqlDatabase } from './sql-database.ts';
import { SqlStore } from './sql-store.ts';

/** The catalogue in PostgreSQL: of a fleet, on a server; of one machine, in a folder. */
export class PostgresPluginRegistry extends StoredPluginCatalogue {
  private constructor(database: SqlDatabase, id: string) {
    super(new SqlStore(database, id));
  }

  /**
   * Connects to a server, and brings the schema up to date. Needs the package `pg` where a connection string is given. Rejects with
   * `REGISTRY_UNAVAILABLE`.
   */
  static async connect(options: ConnectOptions): Promise<PostgresPluginRegistry> {
    return PostgresPluginRegistry.#of(await connectDatabase(options));
  }

  /**
   * Opens a folder with a database of its own, and makes it where it is missing. Needs the package `@electric-sql/pglite`. One process
   * at a time can have it open. What was written outlives the process, however it ends; PGlite does not wait for the disk, so the
   * last of it may be lost with the power. Rejects with `REGISTRY_UNAVAILABLE`.
   */
  static async open(options: OpenOptions): Promise<PostgresPluginRegistry> {
    return PostgresPluginRegistry.#of(await openDatabase(options));
  }

  static async #of(database: SqlDatabase): Promise<PostgresPluginRegistry> {
    try {
      return new PostgresPluginRegistry(database, await readIdentity(database));
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }
}
