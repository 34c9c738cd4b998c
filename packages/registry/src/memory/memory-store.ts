import type {
  AuditQuery,
  PluginQuery,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { AuditChains, ChainLink } from '../audit/audit-chain.ts';
import { toEvent } from '../audit/event-record.ts';
import type { CatalogueStore, CatalogueTransaction } from '../catalogue/catalogue-store.ts';
import { declares } from '../catalogue/plugin-entry.ts';
import { lifeEvents } from '../catalogue/plugin-health.ts';
import { MemoryTransaction, type MemoryState } from './memory-transaction.ts';

/** Keeps a catalogue in memory. Changes take their turn, as they would behind the locks of a database, and a read sees those before it. */
export class MemoryStore implements CatalogueStore {
  #state: MemoryState = { plugins: new Map(), heads: new Map() };
  /** By position. */
  readonly #links: ChainLink[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  change<Result>(work: (entries: CatalogueTransaction) => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(async () => {
      const transaction = new MemoryTransaction(this.#state);
      const result = await work(transaction);
      this.#state = transaction.state;
      this.#links.push(...transaction.added);
      return result;
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    await this.#turn;
    return structuredClone(this.#state.plugins.get(pluginId));
  }

  async list(query: PluginQuery): Promise<readonly RegisteredPlugin[]> {
    const { status, trustLevel, restriction, capability, after = '', limit = Infinity } = query;
    await this.#turn;
    const matching = [...this.#state.plugins.values()].filter(
      (plugin) =>
        plugin.id > after &&
        (status === undefined || plugin.status === status) &&
        (trustLevel === undefined || plugin.trustLevel === trustLevel) &&
        (restriction === undefined || plugin.restriction?.kind === restriction) &&
        (capability === undefined || declares(plugin, capability)),
    );
    return structuredClone(matching.toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, limit));
  }

  async events({
    pluginId,
    actor,
    hostId,
    event,
    from,
    until,
    after = 0,
    limit,
  }: AuditQuery & { readonly limit: number }): Promise<readonly RecordedAuditEvent[]> {
    await this.#turn;
    const matching = this.#events().filter(
      (each) =>
        each.position > after &&
        (pluginId === undefined || each.pluginId === pluginId) &&
        (actor === undefined || each.actor === actor) &&
        (hostId === undefined || each.hostId === hostId) &&
        (event === undefined || each.event === event) &&
        (from === undefined || each.at >= from) &&
        (until === undefined || each.at < until),
    );
    return matching.slice(0, limit);
  }

  async lastOfLife(pluginId: string): Promise<readonly RecordedAuditEvent[]> {
    await this.#turn;
    const last = new Map<string, RecordedAuditEvent>();
    for (const event of this.#events())
      if (event.pluginId === pluginId && lifeEvents.includes(event.event)) last.set(event.hostId, event);
    return [...last.values()].toSorted((one, other) => (one.hostId < other.hostId ? -1 : 1));
  }

  async readChains<Result>(work: (chains: AuditChains) => Promise<Result>): Promise<Result> {
    await this.#turn;
    const { heads } = this.#state;
    const links = [...this.#links];
    return work({
      heads: async () => [...heads.values()].toSorted((one, other) => (one.hostId < other.hostId ? -1 : 1)),
      hosts: async () => [...heads.keys()].toSorted(),
      links: async function* (hostId) {
        yield* links.filter(({ record }) => record.hostId === hostId);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
  }

  #events(): readonly RecordedAuditEvent[] {
    return this.#links.map(({ record }, index) => ({ ...toEvent(record), position: index + 1 }));
  }
}
