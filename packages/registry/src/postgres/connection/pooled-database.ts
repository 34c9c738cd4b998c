import { Kysely, PostgresDialect } from 'kysely';
import { registryError } from '../registry-error.ts';
import type { Listening, SqlDatabase } from '../sql-database.ts';
import type { Tables } from '../tables.ts';
import { BoundedPool, type PgClient, type PgPool } from './bounded-pool.ts';
import { listenOn } from './listen-on.ts';
import { inTotal, perStep, type TimeAllowance } from './time-allowance.ts';

/** What a database is reached by. */
export interface PooledDatabaseOptions {
  readonly pool: PgPool;
  readonly schema: string;
  readonly callTimeoutMs: number;
  /** Gives a connection to listen on, which ends when it is released. */
  readonly connect: () => Promise<PgClient>;
  /** Ends the pool, where it is the registry's own. */
  readonly end: () => Promise<void>;
}

/** PostgreSQL behind a pool. */
export class PooledDatabase implements SqlDatabase {
  readonly #options: PooledDatabaseOptions;

  constructor(options: PooledDatabaseOptions) {
    this.#options = options;
  }

  run<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#run(work, inTotal(this.#options.callTimeoutMs));
  }

  runLong<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#run(work, perStep(this.#options.callTimeoutMs));
  }

  get channel(): string {
    return this.#options.schema;
  }

  listen(hear: (payload: string) => void, signal: AbortSignal): Promise<Listening> {
    const { connect, schema: channel, callTimeoutMs } = this.#options;
    return listenOn({ connect, channel, hear, signal, callTimeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.end();
  }

  async #run<Result>(
    work: (tables: Kysely<Tables>) => Promise<Result>,
    allowance: TimeAllowance,
  ): Promise<Result> {
    const { pool, schema } = this.#options;
    const dialect = new PostgresDialect({ pool: new BoundedPool(pool, allowance) });
    try {
      return await work(new Kysely<Tables>({ dialect }).withSchema(schema));
    } catch (error) {
      throw registryError(error);
    }
  }
}
