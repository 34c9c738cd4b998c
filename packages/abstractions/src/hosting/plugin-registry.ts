import type { PluginTrustLevel } from '../contract/trust-level.ts';
import type { AuditEvent } from './audit.ts';
import type { LifecycleState } from './lifecycle.ts';
import type { PluginManifest } from './manifest.ts';

/** A version of a plugin in the catalogue. Its digest is fixed when it is registered. */
export interface RegisteredVersion {
  readonly version: string;
  /** SHA-256, hex, of the `SHA256SUMS` of the package; of the manifest, for a plugin that is linked in. */
  readonly digest: string;
  readonly manifest: PluginManifest;
  readonly publishedAt: Date;
}

/** A plugin in the catalogue. */
export interface RegisteredPlugin {
  readonly id: string;
  readonly name: string;
  readonly trustLevel: PluginTrustLevel;
  readonly status: LifecycleState;
  readonly config?: unknown;
  readonly registeredAt: Date;
  /** Oldest first. */
  readonly versions: readonly RegisteredVersion[];
}

/** What a host says when it registers a plugin. */
export interface PluginRegistration {
  readonly manifest: PluginManifest;
  readonly digest: string;
  readonly trustLevel: PluginTrustLevel;
}

/**
 * The catalogue: plugins, versions, capabilities, status, configuration, audit trail. A change and the audit event that tells
 * of it are written together or not at all. Every method rejects with `REGISTRY_UNAVAILABLE` when the store is away.
 */
export interface PluginRegistry extends AsyncDisposable {
  /** Adds a plugin or a version; registering again is harmless. Rejects with `DIGEST_MISMATCH` for a known version with another digest. */
  register(registration: PluginRegistration, event: AuditEvent): Promise<RegisteredPlugin>;
  /** Sets the status of a registered plugin. Rejects with `REGISTRY_CONFLICT` for a plugin it does not know. */
  recordStatus(pluginId: string, status: LifecycleState, event?: AuditEvent): Promise<void>;
  /** Sets the configuration that hosts give to the plugin when their own options say nothing. */
  configure(pluginId: string, config: unknown, event?: AuditEvent): Promise<void>;
  /** Writes an event that changes nothing else. */
  audit(event: AuditEvent): Promise<void>;
  find(pluginId: string): Promise<RegisteredPlugin | undefined>;
  /** Every plugin, by id in code-unit order. */
  list(): Promise<readonly RegisteredPlugin[]>;
  /** The events, oldest first; of one plugin when it is named. */
  auditTrail(pluginId?: string): Promise<readonly AuditEvent[]>;
}
