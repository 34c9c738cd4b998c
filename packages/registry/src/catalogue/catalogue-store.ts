import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import type {
  AuditEvent,
  AuditEventName,
  AuditQuery,
  LifecycleState,
  PluginQuery,
  PluginRestriction,
  RecordedAuditEvent,
  RegisteredPlugin,
  RegisteredVersion,
} from '@stellaops/plugin-abstractions/hosting';
import type { AuditChains } from '../audit/audit-chain.ts';
import type { FleetStore, FleetTransaction, InstanceEntry } from './fleet-store.ts';

/** A plugin before its first version. */
export type NewPlugin = Pick<RegisteredPlugin, 'id' | 'name' | 'trustLevel' | 'registeredAt'>;

/** One transaction of a {@link CatalogueStore}. */
export interface CatalogueTransaction {
  /** An entry, which nobody else changes until the transaction ends. */
  find(pluginId: string): Promise<RegisteredPlugin | undefined>;
  /** Enters a plugin in `discovery`; one that is there already stays as it is. */
  enter(plugin: NewPlugin): Promise<void>;
  addVersion(pluginId: string, version: RegisteredVersion): Promise<void>;
  describe(pluginId: string, name: string, trustLevel: PluginTrustLevel): Promise<void>;
  /**
   * Sets the status of a plugin, or leaves it `active` while it is on a live host that is not the one of the instance; and enters the
   * instance, where its host has its place. Resolves with whether there is such a plugin.
   */
  setStatus(pluginId: string, status: LifecycleState, instance?: InstanceEntry): Promise<boolean>;
  /** JSON data; `undefined` takes it away. */
  setConfig(pluginId: string, config: unknown): Promise<void>;
  setRestriction(pluginId: string, restriction: PluginRestriction | undefined): Promise<void>;
  setPinnedVersion(pluginId: string, version: string | undefined): Promise<void>;
  remove(pluginId: string): Promise<void>;
  /** Writes an event behind the last of its host. Rejects with {@link EventAlreadyWritten}, so that nothing of the change is kept. */
  append(event: AuditEvent): Promise<void>;
  /** Tells whoever watches, when the transaction has ended well. */
  tell(pluginId: string, event: AuditEventName): Promise<void>;
  readonly fleet: FleetTransaction;
}

/** Where a catalogue keeps its entries. It keeps no rule but those of the data itself. */
export interface CatalogueStore extends AsyncDisposable {
  /** A UUID that it got when it was made. */
  readonly id: string;
  /** All that the work does is kept when it resolves, and nothing of it when it rejects. */
  change<Result>(work: (entries: CatalogueTransaction) => Promise<Result>): Promise<Result>;
  find(pluginId: string): Promise<RegisteredPlugin | undefined>;
  /** By id in code-unit order. */
  list(query: PluginQuery): Promise<readonly RegisteredPlugin[]>;
  /** By position. */
  events(query: AuditQuery & { readonly limit: number }): Promise<readonly RecordedAuditEvent[]>;
  /** Reads the chains, while others go on writing. */
  readChains<Result>(work: (chains: AuditChains) => Promise<Result>): Promise<Result>;
  readonly fleet: FleetStore;
}
