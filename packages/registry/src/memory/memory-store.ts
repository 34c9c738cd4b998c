import { randomUUID } from 'node:crypto';
import type {
  AuditQuery,
  CatalogueNotice,
  DesiredState,
  PluginQuery,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { AuditChains, ChainLink } from '../audit/audit-chain.ts';
import { toEvent } from '../audit/event-record.ts';
import type { CatalogueStore, CatalogueTransaction } from '../catalogue/catalogue-store.ts';
import type { FleetStore } from '../catalogue/fleet-store.ts';
import { declares } from '../catalogue/plugin-entry.ts';
import { Notices } from '../catalogue/notices.ts';
import { fleetHosts, fleetInstancesOf, withPresentStatus } from './memory-fleet.ts';
import { MemoryTransaction, type MemoryState } from './memory-transaction.ts';

/** Keeps a catalogue in memory. Changes take their turn, as they would behind the locks of a database, and a read sees those before it. */
export class MemoryStore implements CatalogueStore {
  readonly id = randomUUID();
  readonly #state: MemoryState = {
    plugins: new Map(),
    heads: new Map(),
    fleet: { hosts: new Map(), instances: new Map() },
  };
  /** By position. */
  readonly #links: ChainLink[] = [];
  readonly #eventIds = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  readonly fleet: FleetStore = {
    heartbeat: (place) => this.#change(async ({ fleet }) => fleet.beat(place)),
    setPassingStatus: (...given) => this.#change((entries) => entries.setStatus(...given)),
    hosts: (hostId) => this.#read(({ fleet }) => fleetHosts(fleet, hostId)),
    instancesOf: (pluginId) => this.#read(({ fleet }) => fleetInstancesOf(fleet, pluginId)),
    desiredStates: (pluginIds) => this.#read(({ plugins }) => desiredStates(plugins, pluginIds)),
    watch: (signal) => this.#watch(signal),
  };
  readonly #readers = new Set<Notices>();
  readonly #closing = new AbortController();

  change<Result>(work: (entries: CatalogueTransaction) => Promise<Result>): Promise<Result> {
    return this.#change(work);
  }

  find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return this.#read(({ plugins, fleet }) => {
      const plugin = plugins.get(pluginId);
      return plugin && withPresentStatus(fleet, plugin);
    });
  }

  list(query: PluginQuery): Promise<readonly RegisteredPlugin[]> {
    const { status, trustLevel, restriction, capability, after = '', limit = Infinity } = query;
    return this.#read((state) =>
      this.#entries(state)
        .filter(
          (plugin) =>
            plugin.id > after &&
            (status === undefined || plugin.status === status) &&
            (trustLevel === undefined || plugin.trustLevel === trustLevel) &&
            (restriction === undefined || plugin.restriction?.kind === restriction) &&
            (capability === undefined || declares(plugin, capability)),
        )
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, limit),
    );
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
    return this.#links
      .values()
      .map(({ record }, index) => ({ record, position: index + 1 }))
      .filter(
        ({ record, position }) =>
          position > after &&
          (pluginId === undefined || record.pluginId === pluginId) &&
          (actor === undefined || record.actor === actor) &&
          (hostId === undefined || record.hostId === hostId) &&
          (event === undefined || record.event === event) &&
          (from === undefined || new Date(record.at) >= from) &&
          (until === undefined || new Date(record.at) < until),
      )
      .take(limit)
      .map(({ record, position }) => Object.assign(toEvent(record), { position }))
      .toArray();
  }

  async readChains<Result>(work: (chains: AuditChains) => Promise<Result>): Promise<Result> {
    await this.#turn;
    const heads = [...this.#state.heads.values()].toSorted((one, other) =>
      one.hostId < other.hostId ? -1 : 1,
    );
    const links = [...this.#links];
    return work({
      heads: async () => heads,
      hosts: async () => heads.map(({ hostId }) => hostId),
      links: async function* (hostId) {
        yield* links.filter(({ record }) => record.hostId === hostId);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#turn;
  }

  #change<Result>(work: (entries: MemoryTransaction) => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(async () => {
      const transaction = new MemoryTransaction(this.#state, this.#eventIds);
      const result = await work(transaction);
      transaction.apply();
      this.#links.push(...transaction.added);
      for (const { record } of transaction.added) if (record.id !== undefined) this.#eventIds.add(record.id);
      for (const reader of this.#readers) for (const notice of transaction.notices) reader.add(notice);
      return result;
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #read<Result>(read: (state: MemoryState) => Result): Promise<Result> {
    await this.#turn;
    return structuredClone(read(this.#state));
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<CatalogueNotice> {
    const notices = new Notices();
    notices.add({ kind: 'resync' });
    this.#readers.add(notices);
    try {
      yield* notices.read(AbortSignal.any([signal, this.#closing.signal]));
    } finally {
      this.#readers.delete(notices);
    }
  }

  /** The plugins with the status that they have now. */
  #entries({ plugins, fleet }: MemoryState): readonly RegisteredPlugin[] {
    return [...plugins.values()].map((plugin) => withPresentStatus(fleet, plugin));
  }
}

function desiredStates(
  plugins: MemoryState['plugins'],
  pluginIds: readonly string[],
): readonly DesiredState[] {
  return pluginIds.flatMap((pluginId): DesiredState[] => {
    const plugin = plugins.get(pluginId);
    if (!plugin) return [];
    const { id, restriction, pinnedVersion } = plugin;
    return [
      { id, ...(restriction && { restriction }), ...(pinnedVersion !== undefined && { pinnedVersion }) },
    ];
  });
}
