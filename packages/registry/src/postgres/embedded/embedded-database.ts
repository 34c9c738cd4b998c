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

  run<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#inTime('did not answer', () => this.runLong(work));
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
    const stop = await this.#inTime(
      'did not answer',
      () => this.#options.pglite.listen(this.channel, hear),
      (late) => void late().catch(() => undefined),
    );
    const ended = new Promise<void>(() => undefined); // it ends with this very process
    const dispose = (): Promise<void> => this.#inTime('did not answer', () => stop());
    return { ended, [Symbol.asyncDispose]: dispose };
  }

  /** Its folder is released when it is closed, and not before: whoever opened it meanwhile would lose data. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTime('was not closed', () => this.#close());
  }

  async #close(): Promise<void> {
    try {
      await this.#database.destroy();
    } finally {
      await this.#options.release();
    }
  }

  async #inTime<Result>(
    failing: string,
    step: () => Promise<Result>,
    tooLate?: (result: Result) => void,
  ): Promise<Result> {
    const allowance = inTotal(this.#options.callTimeoutMs);
    try {
      return await withinTime(allowance, `the embedded database ${failing}`, step, tooLate);
    } catch (error) {
      throw registryError(error);
    }
  }
}
