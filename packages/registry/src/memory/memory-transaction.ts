import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import type {
  AuditAnchor,
  AuditEvent,
  AuditEventName,
  CatalogueNotice,
  LifecycleState,
  PluginRestriction,
  RegisteredPlugin,
  RegisteredVersion,
} from '@stellaops/plugin-abstractions/hosting';
import { chainStart, nextLink, type ChainLink } from '../audit/audit-chain.ts';
import { EventAlreadyWritten } from '../audit/event-already-written.ts';
import { toRecord } from '../audit/event-record.ts';
import type { CatalogueTransaction, NewPlugin } from '../catalogue/catalogue-store.ts';
import type { InstanceEntry } from '../catalogue/fleet-store.ts';
import { MapDraft } from './map-draft.ts';
import { MemoryFleetTransaction, type FleetDraft } from './memory-fleet-transaction.ts';
import type { MemoryHost, MemoryInstances } from './memory-fleet.ts';

/** The plugins, the end of each chain, and the hosts. What stands in its maps is replaced, never changed. */
export interface MemoryState {
  readonly plugins: Map<string, RegisteredPlugin>;
  readonly heads: Map<string, AuditAnchor>;
  readonly fleet: {
    readonly hosts: Map<string, MemoryHost>;
    readonly instances: Map<string, MemoryInstances>;
  };
}

/** Collects what a change does, beside the state before it. */
export class MemoryTransaction implements CatalogueTransaction {
  readonly #plugins: MapDraft<RegisteredPlugin>;
  readonly #heads: MapDraft<AuditAnchor>;
  readonly #fleet: FleetDraft;
  readonly #added: ChainLink[] = [];
  readonly notices: CatalogueNotice[] = [];
  readonly fleet: MemoryFleetTransaction;
  readonly #eventIds: ReadonlySet<string>;

  /** `eventIds` are those of the events before. */
  constructor({ plugins, heads, fleet }: MemoryState, eventIds: ReadonlySet<string>) {
    this.#eventIds = eventIds;
    this.#plugins = new MapDraft(plugins);
    this.#heads = new MapDraft(heads);
    this.#fleet = { hosts: new MapDraft(fleet.hosts), instances: new MapDraft(fleet.instances) };
    this.fleet = new MemoryFleetTransaction(this.#fleet, this.#plugins);
  }

  /** Brings the state to what it is after the change. */
  apply(): void {
    for (const draft of [this.#plugins, this.#heads, this.#fleet.hosts, this.#fleet.instances]) draft.apply();
  }

  /** The events of the change. */
  get added(): readonly ChainLink[] {
    return this.#added;
  }

  async find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return structuredClone(this.#plugins.get(pluginId));
  }

  async enter(plugin: NewPlugin): Promise<void> {
    if (this.#plugins.get(plugin.id)) return;
    this.#plugins.set(plugin.id, structuredClone({ ...plugin, status: 'discovery', versions: [] }));
  }

  async addVersion(pluginId: string, version: RegisteredVersion): Promise<void> {
    const versions = [...(this.#plugins.get(pluginId)?.versions ?? []), structuredClone(version)];
    this.#set(pluginId, { versions });
  }

  async describe(pluginId: string, name: string, trustLevel: PluginTrustLevel): Promise<void> {
    this.#set(pluginId, { name, trustLevel });
  }

  async setStatus(pluginId: string, status: LifecycleState, instance?: InstanceEntry): Promise<boolean> {
    if (instance) this.fleet.setInstance(instance, instance);
    return this.fleet.setStatus(pluginId, status, instance?.hostId);
  }

  async setConfig(pluginId: string, config: unknown): Promise<void> {
    this.#without(pluginId, 'config');
    if (config !== undefined) this.#set(pluginId, { config: JSON.parse(JSON.stringify(config)) });
  }

  async setRestriction(pluginId: string, restriction: PluginRestriction | undefined): Promise<void> {
    this.#without(pluginId, 'restriction');
    if (restriction) this.#set(pluginId, { restriction });
  }

  async setPinnedVersion(pluginId: string, pinnedVersion: string | undefined): Promise<void> {
    this.#without(pluginId, 'pinnedVersion');
    if (pinnedVersion !== undefined) this.#set(pluginId, { pinnedVersion });
  }

  async remove(pluginId: string): Promise<void> {
    this.#plugins.delete(pluginId);
    this.fleet.removeInstances(pluginId);
  }

  async tell(pluginId: string, event: AuditEventName): Promise<void> {
    this.notices.push({ kind: 'changed', pluginId, event });
  }

  async append(event: AuditEvent): Promise<void> {
    const record = toRecord(event);
    if (this.#eventIds.has(event.id)) throw new EventAlreadyWritten(event.id);
    const { hostId } = record;
    const head = this.#heads.get(hostId) ?? { hostId, sequence: 0, hash: chainStart };
    const link = nextLink(head, record);
    this.#added.push(link);
    this.#heads.set(hostId, { hostId, sequence: link.sequence, hash: link.hash });
  }

  #set(pluginId: string, change: Partial<RegisteredPlugin>): void {
    const known = this.#plugins.get(pluginId);
    if (known) this.#plugins.set(pluginId, { ...known, ...change });
  }

  #without(pluginId: string, name: 'config' | 'restriction' | 'pinnedVersion'): void {
    const known = this.#plugins.get(pluginId);
    if (!known) return;
    const { [name]: _, ...rest } = known;
    this.#plugins.set(pluginId, rest);
  }
}
