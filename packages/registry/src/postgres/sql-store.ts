import type {
  AuditQuery,
  PluginQuery,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { AuditChains } from '../audit/audit-chain.ts';
import type { CatalogueStore, CatalogueTransaction } from '../catalogue/catalogue-store.ts';
import type { FleetStore } from '../catalogue/fleet-store.ts';
import { chainsOf, selectEvents } from './audit-queries.ts';
import { beat, selectDesiredStates, selectHosts, selectInstancesOf } from './fleet/fleet-queries.ts';
import { recordStatus } from './fleet/instances.ts';
import { Watches } from './fleet/watches.ts';
import { findPlugin, listPlugins } from './plugin-queries.ts';
import type { SqlDatabase } from './sql-database.ts';
import { SqlTransaction } from './sql-transaction.ts';

/** Keeps a catalogue in the tables of PostgreSQL, wherever it runs. */
export class SqlStore implements CatalogueStore {
  readonly id: string;
  readonly fleet: FleetStore;
  readonly #database: SqlDatabase;
  readonly #watches: Watches;

  constructor(database: SqlDatabase, id: string) {
    this.id = id;
    this.#database = database;
    this.#watches = new Watches(database);
    this.fleet = {
      heartbeat: (place) => database.run((tables) => beat(tables, place)),
      setPassingStatus: (pluginId, state, instance) =>
        database.run((tables) => recordStatus(tables, { pluginId, state }, instance)),
      hosts: (hostId) => database.run((tables) => selectHosts(tables, hostId)),
      instancesOf: (pluginId) => database.run((tables) => selectInstancesOf(tables, pluginId)),
      desiredStates: (ids) => database.run((tables) => selectDesiredStates(tables, ids)),
      watch: (signal) => this.#watches.begin(signal),
    };
  }

  change<Result>(work: (entries: CatalogueTransaction) => Promise<Result>): Promise<Result> {
    return this.#database.run((tables) =>
      tables
        .transaction()
        .execute((transaction) => work(new SqlTransaction(transaction, this.#database.channel))),
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
    await this.#watches.end();
    await this.#database[Symbol.asyncDispose]();
  }
}
