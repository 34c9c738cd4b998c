import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { withinTime, type TimeAllowance } from './time-allowance.ts';

/** What is used of a client of `pg`. */
export interface PgClient {
  query(text: string, values: unknown[]): Promise<object>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** What is used of a pool of `pg`. */
export interface PgPool {
  connect(): Promise<PgClient>;
}

/** A pool as one call sees it: each step takes no longer than the call may, and a client that let one wait is not used again. */
export class BoundedPool implements PostgresPool {
  readonly options = {};
  readonly #pool: PgPool;
  readonly #allowance: TimeAllowance;

  constructor(pool: PgPool, allowance: TimeAllowance) {
    this.#pool = pool;
    this.#allowance = allowance;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await withinTime(
      this.#allowance,
      'the database gave no connection',
      () => this.#pool.connect(),
      (late) => late.release(),
    );
    return new BoundedClient(client, this.#allowance);
  }

  /** Its owner ends the pool. */
  async end(): Promise<void> {}
}

class BoundedClient implements PostgresPoolClient {
  readonly #client: PgClient;
  readonly #allowance: TimeAllowance;
  #isBroken = false;
  readonly #onError = (): void => {
    this.#isBroken = true;
  };

  constructor(client: PgClient, allowance: TimeAllowance) {
    this.#client = client;
    this.#allowance = allowance;
    // A connection that ends between two queries says so here, and ends the process when nobody listens.
    client.on('error', this.#onError);
  }

  // The other form of it streams, which nothing here does.
  readonly query = (async (text: string, values: readonly unknown[]) => {
    try {
      return await withinTime(this.#allowance, 'the database did not answer', () =>
        this.#client.query(text, [...values]),
      );
    } catch (error) {
      if (!isAnswer(error)) this.#isBroken = true;
      throw error;
    }
  }) as PostgresPoolClient['query'];

  release(destroy = false): void {
    this.#client.removeListener('error', this.#onError);
    this.#client.release(destroy || this.#isBroken);
  }
}

/** Whether an error is what the server said, after which it listens again. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'severity' in error;
}
