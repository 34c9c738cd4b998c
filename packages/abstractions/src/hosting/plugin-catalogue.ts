import type { PluginErrorCode } from '../contract/error-catalogue.ts';
import type { AuditAnchor, AuditVerification } from './audit.ts';
import type { FleetRegistry } from './fleet.ts';
import type { LifecycleState } from './lifecycle.ts';

/** Who changes the catalogue, and from where. The registry guesses none of it. */
export interface CatalogueChange {
  readonly actor: string;
  /** The host, or the tool, at which it is done; its chain of audit events takes the event. */
  readonly hostId: string;
  readonly reason?: string;
}

/** How a plugin stands on one host of the fleet, by the last that this host said of it. */
export interface PluginHostHealth {
  readonly hostId: string;
  readonly state: LifecycleState;
  /** By the clock of the store. */
  readonly since: Date;
  readonly version: string;
  /** Since when the host is lost: it is not known to run anything. Missing while it is live. */
  readonly lostSince?: Date;
  /** Of a failure, or of an end that somebody asked for. */
  readonly code?: PluginErrorCode;
  readonly detail?: string;
}

/** Whether a plugin is active, where and since when; and if not, why not. */
export interface PluginHealth {
  readonly pluginId: string;
  /** On one live host at least. */
  readonly isActive: boolean;
  /** By host id, in code-unit order. */
  readonly hosts: readonly PluginHostHealth[];
  /** Why it is not active, for people; missing when it is. */
  readonly problem?: string;
}

/**
 * The catalogue, as operators use it. Each change writes its audit event in the same transaction, and rejects with
 * `REGISTRY_CONFLICT` for a plugin or version that it does not know.
 */
export interface PluginCatalogue extends FleetRegistry {
  /**
   * Sets the configuration that hosts give to the plugin when their own options say nothing; `undefined` takes it away. Rejects with
   * `CONFIG_INVALID` for what is more than JSON data, and for what breaks the `configSchema` of the version in force. The schema of an
   * untrusted plugin is not run: its SDK checks in the sandbox.
   */
  configure(pluginId: string, config: unknown, change: CatalogueChange): Promise<void>;
  /** Lets no host run the plugin, until it is enabled. */
  disable(pluginId: string, change: CatalogueChange): Promise<void>;
  /** Lets no host run the plugin, because somebody suspects it, until it is enabled. */
  quarantine(pluginId: string, change: CatalogueChange): Promise<void>;
  /** Lets hosts run a plugin again that was disabled or quarantined. */
  enable(pluginId: string, change: CatalogueChange): Promise<void>;
  /** Lets hosts run this version alone. */
  pin(pluginId: string, version: string, change: CatalogueChange): Promise<void>;
  /** Lets hosts run any registered version again. */
  unpin(pluginId: string, change: CatalogueChange): Promise<void>;
  /** Pins the version that was registered before the one in force, and resolves with it. */
  rollBack(pluginId: string, change: CatalogueChange): Promise<string>;
  /**
   * Takes a plugin and its versions out of the catalogue; the audit trail stays. Rejects with `REGISTRY_CONFLICT` for one that was not
   * disabled or quarantined first, so that no host has a reason to run it.
   */
  remove(pluginId: string, change: CatalogueChange): Promise<void>;
  health(pluginId: string): Promise<PluginHealth>;
  /**
   * Reads the whole audit trail, and tells what was altered, taken out or put in since it was written. Whoever may write to the store can
   * also write a whole chain anew: only heads that were noted elsewhere before, given as `anchors`, show that.
   */
  verifyAuditChain(anchors?: readonly AuditAnchor[]): Promise<AuditVerification>;
}
