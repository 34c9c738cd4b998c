import type { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { inTotal, withinTime } from '../connection/time-allowance.ts';
import { registryError } from '../registry-error.ts';
import type { Listening, SqlDatabase } from '../sql-database.ts';
import type { Tables } from '../tables.ts';

/** What a database is that runs in this very process. */
export interface EmbeddedDatabaseOptions {
  readonly pglite: PGlite;
  readonly schema: string;
  readonly callTimeoutMs: number;
  /** Lets others have the folder. */
  readonly release: () => Promise<void>;
}

/** PostgreSQL inside this process, by PGlite. It has one connection, so calls take their turn. */
export class EmbeddedDatabase implements SqlDatabase {
  readonly #options: EmbeddedDatabaseOptions;
  readonly #database: Kysely<Tables>;

  constructor(options: EmbeddedDatabaseOptions) {
    this.#options = options;
    this.#database = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: options.pglite }) });
  }

  async run<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    try {
      return await withinTime(
        inTotal(this.#options.callTimeoutMs),
        'the embedded database did not answer',
        () => this.runLong(work),
      );
    } catch (error) {
      throw registryError(error);
    }
  }

  async runLong<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#database.withSchema(this.#options.schema));
    } catch (error) {
      throw registryError(error);
    }
  }

  get channel(): string {
    return this.#options.schema;
  }

  async listen(hear: (payload: string) => void): Promise<Listening> {
    const stop = await this.#options.pglite.listen(this.channel, hear);
    const ended = new Promise<void>(() => undefined); // it ends with this very process
    return { ended, [Symbol.asyncDispose]: () => stop() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#database.destroy();
    } finally {
      await this.#options.release();
    }
  }
}
