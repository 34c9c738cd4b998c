import type {
  AuditQuery,
  PluginQuery,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { AuditChains } from '../audit/audit-chain.ts';
import type { CatalogueStore, CatalogueTransaction } from '../catalogue/catalogue-store.ts';
import { chainsOf, selectEvents, selectLastOfLife } from './audit-queries.ts';
import { findPlugin, listPlugins } from './plugin-queries.ts';
import type { SqlDatabase } from './sql-database.ts';
import { SqlTransaction } from './sql-transaction.ts';

/** Keeps a catalogue in the tables of PostgreSQL, wherever it runs. */
export class SqlStore implements CatalogueStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  change<Result>(work: (entries: CatalogueTransaction) => Promise<Result>): Promise<Result> {
    return this.#database.run((tables) =>
      tables.transaction().execute((transaction) => work(new SqlTransaction(transaction))),
    );
  }

  find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return this.#database.run((tables) => findPlugin(tables, pluginId));
  }

  list(query: PluginQuery): Promise<readonly RegisteredPlugin[]> {
    return this.#database.run((tables) => listPlugins(tables, query));
  }

  events(query: AuditQuery & { readonly limit: number }): Promise<readonly RecordedAuditEvent[]> {
    return this.#database.run((tables) => selectEvents(tables, query));
  }

  lastOfLife(pluginId: string): Promise<readonly RecordedAuditEvent[]> {
    return this.#database.run((tables) => selectLastOfLife(tables, pluginId));
  }

  readChains<Result>(work: (chains: AuditChains) => Promise<Result>): Promise<Result> {
    return this.#database.runLong((tables) =>
      tables
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((transaction) => work(chainsOf(transaction))),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}
