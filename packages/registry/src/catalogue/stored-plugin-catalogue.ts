import type {
  AuditAnchor,
  AuditEvent,
  AuditQuery,
  AuditVerification,
  CatalogueChange,
  CatalogueNotice,
  DesiredState,
  FleetHost,
  FleetMembership,
  HostAnnouncement,
  LifecycleState,
  PluginCatalogue,
  PluginHealth,
  PluginPlace,
  PluginQuery,
  PluginRegistration,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import { EventAlreadyWritten } from '../audit/event-already-written.ts';
import { storableText } from '../audit/storable-text.ts';
import { verifyChains } from '../audit/verify-chains.ts';
import type { CatalogueStore, CatalogueTransaction } from './catalogue-store.ts';
import {
  configured,
  decide,
  enabled,
  pinned,
  removed,
  restricted,
  rolledBack,
  unknownPlugin,
  unpinned,
  type Decision,
} from './decisions.ts';
import type { HostPlace, InstanceEntry } from './fleet-store.ts';
import { join } from './membership.ts';
import { checkDigest } from './plugin-entry.ts';
import { healthOf } from './plugin-health.ts';
import { isKnown, register } from './register.ts';

const defaultEventLimit = 1000;

/** The rules of the catalogue, whichever store keeps it. */
export abstract class StoredPluginCatalogue implements PluginCatalogue {
  readonly #store: CatalogueStore;
  /** The hosts that have joined by this very object, by id: only they have instances. */
  readonly #places = new Map<string, HostPlace>();

  constructor(store: CatalogueStore) {
    this.#store = store;
  }

  get id(): string {
    return this.#store.id;
  }

  async register(registration: PluginRegistration, event: AuditEvent): Promise<RegisteredPlugin> {
    checkDigest(registration);
    const known = await this.#store.find(registration.manifest.id);
    if (known && isKnown(known, registration)) return known;
    const change = this.#store.change((entries) => register(entries, registration, event));
    return change.catch(async (error: unknown) => {
      const entry =
        error instanceof EventAlreadyWritten && (await this.#store.find(registration.manifest.id));
      if (entry) return entry;
      throw error;
    });
  }

  async recordStatus(
    pluginId: string,
    status: LifecycleState,
    event?: AuditEvent,
    place?: PluginPlace,
  ): Promise<void> {
    const instance = place && this.#instance(pluginId, status, event, place);
    if (!event && status !== 'shutdown' && status !== 'failed') {
      if (!(await this.#store.fleet.setPassingStatus(pluginId, status, instance)))
        throw unknownPlugin(pluginId);
      return;
    }
    await this.#changeOnce(async (entries) => {
      const isThere = await entries.setStatus(pluginId, status, instance);
      // First the event: if it is written, the plugin was known then.
      if (event) await entries.append(event);
      if (!isThere) throw unknownPlugin(pluginId);
    });
  }

  audit(event: AuditEvent): Promise<void> {
    return this.#changeOnce((entries) => entries.append(event));
  }

  find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return this.#store.find(pluginId);
  }

  list(query: PluginQuery = {}): Promise<readonly RegisteredPlugin[]> {
    return this.#store.list(query);
  }

  auditTrail(query: AuditQuery = {}): Promise<readonly RecordedAuditEvent[]> {
    return this.#store.events({ ...query, limit: query.limit ?? defaultEventLimit });
  }

  configure(pluginId: string, config: unknown, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, configured(config));
  }

  disable(pluginId: string, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, restricted('disabled'));
  }

  quarantine(pluginId: string, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, restricted('quarantined'));
  }

  enable(pluginId: string, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, enabled);
  }

  pin(pluginId: string, version: string, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, pinned(version));
  }

  unpin(pluginId: string, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, unpinned);
  }

  async rollBack(pluginId: string, change: CatalogueChange): Promise<string> {
    let version = '';
    const tell = (previous: string): void => void (version = previous);
    await this.#decide(pluginId, change, rolledBack(tell));
    return version;
  }

  remove(pluginId: string, change: CatalogueChange): Promise<void> {
    return this.#decide(pluginId, change, removed);
  }

  async health(pluginId: string): Promise<PluginHealth> {
    const entry = await this.#store.find(pluginId);
    return healthOf(pluginId, entry, entry ? await this.#store.fleet.instancesOf(pluginId) : []);
  }

  async join(host: HostAnnouncement): Promise<FleetMembership> {
    const membership = await join(this.#store, host);
    this.#places.set(host.hostId, membership);
    return membership;
  }

  hosts(hostId?: string): Promise<readonly FleetHost[]> {
    return this.#store.fleet.hosts(hostId);
  }

  desiredStates(pluginIds: readonly string[]): Promise<readonly DesiredState[]> {
    return this.#store.fleet.desiredStates(pluginIds);
  }

  watch(signal: AbortSignal): AsyncIterable<CatalogueNotice> {
    return this.#store.fleet.watch(signal);
  }

  verifyAuditChain(anchors: readonly AuditAnchor[] = []): Promise<AuditVerification> {
    return this.#store.readChains((chains) => verifyChains(chains, anchors));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  /** Makes a change, unless it was made before. */
  async #changeOnce(work: (entries: CatalogueTransaction) => Promise<void>): Promise<void> {
    try {
      await this.#store.change(work);
    } catch (error) {
      if (!(error instanceof EventAlreadyWritten)) throw error;
    }
  }

  #instance(
    pluginId: string,
    state: LifecycleState,
    event: AuditEvent | undefined,
    { hostId, version }: PluginPlace,
  ): InstanceEntry | undefined {
    const place = this.#places.get(hostId);
    if (!place) return undefined;
    const isEnd = event?.event === 'plugin.failed' || event?.event === 'plugin.shutdown';
    const { code, detail } = isEnd ? event : {};
    const why = {
      ...(code !== undefined && { code }),
      ...(detail !== undefined && { detail: storableText(detail) }),
    };
    return { pluginId, version, state, ...why, hostId: place.hostId, incarnation: place.incarnation };
  }

  #decide(pluginId: string, change: CatalogueChange, decision: Decision): Promise<void> {
    return this.#store.change((entries) => decide(entries, pluginId, change, decision));
  }
}
