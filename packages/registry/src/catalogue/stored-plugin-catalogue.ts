import type {
  AuditAnchor,
  AuditEvent,
  AuditQuery,
  AuditVerification,
  CatalogueChange,
  LifecycleState,
  PluginCatalogue,
  PluginHealth,
  PluginQuery,
  PluginRegistration,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import { verifyChains } from '../audit/verify-chains.ts';
import type { CatalogueStore } from './catalogue-store.ts';
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
import { checkDigest } from './plugin-entry.ts';
import { healthOf } from './plugin-health.ts';
import { isKnown, register } from './register.ts';

const defaultEventLimit = 1000;

/** The rules of the catalogue, whichever store keeps it. */
export abstract class StoredPluginCatalogue implements PluginCatalogue {
  readonly #store: CatalogueStore;

  constructor(store: CatalogueStore) {
    this.#store = store;
  }

  async register(registration: PluginRegistration, event: AuditEvent): Promise<RegisteredPlugin> {
    checkDigest(registration);
    const known = await this.#store.find(registration.manifest.id);
    if (known && isKnown(known, registration)) return known;
    return this.#store.change((entries) => register(entries, registration, event));
  }

  recordStatus(pluginId: string, status: LifecycleState, event?: AuditEvent): Promise<void> {
    return this.#store.change(async (entries) => {
      if (!(await entries.setStatus(pluginId, status))) throw unknownPlugin(pluginId);
      if (event) await entries.append(event);
    });
  }

  audit(event: AuditEvent): Promise<void> {
    return this.#store.change((entries) => entries.append(event));
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
    return healthOf(pluginId, entry, await this.#store.lastOfLife(pluginId));
  }

  verifyAuditChain(anchors: readonly AuditAnchor[] = []): Promise<AuditVerification> {
    return this.#store.readChains((chains) => verifyChains(chains, anchors));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #decide(pluginId: string, change: CatalogueChange, decision: Decision): Promise<void> {
    return this.#store.change((entries) => decide(entries, pluginId, change, decision));
  }
}
