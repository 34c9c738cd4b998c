import type { PluginTrustLevel } from '../contract/trust-level.ts';
import type { AuditEvent, AuditQuery, RecordedAuditEvent } from './audit.ts';
import type { DesiredState, PluginPlace } from './fleet.ts';
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

/** The word of an operator that no host may run a plugin. */
export interface PluginRestriction {
  /** `disabled`: nobody wants it now. `quarantined`: somebody suspects it. Hosts treat both alike. */
  readonly kind: 'disabled' | 'quarantined';
  readonly since: Date;
  readonly actor: string;
  readonly reason?: string;
}

/** A plugin in the catalogue. */
export interface RegisteredPlugin {
  readonly id: string;
  readonly name: string;
  readonly trustLevel: PluginTrustLevel;
  /** `active` while a live host has it active; `failed` when only lost hosts had; else the last that a host said of it. */
  readonly status: LifecycleState;
  readonly config?: unknown;
  readonly registeredAt: Date;
  /** Oldest registration first. */
  readonly versions: readonly RegisteredVersion[];
  /** Missing while hosts may run it. */
  readonly restriction?: PluginRestriction;
  /** The one version that hosts may run; missing while they may run any. */
  readonly pinnedVersion?: string;
}

/** What a host says when it registers a plugin. */
export interface PluginRegistration {
  readonly manifest: PluginManifest;
  readonly digest: string;
  readonly trustLevel: PluginTrustLevel;
}

/** Which plugins: those for which all of it holds. */
export interface PluginQuery {
  readonly status?: LifecycleState;
  readonly trustLevel?: PluginTrustLevel;
  readonly restriction?: PluginRestriction['kind'];
  /** What the version in force declares: the pinned one, else the last that was registered. */
  readonly capability?: {
    readonly id: string;
    /** Default: any. */
    readonly version?: number;
    /** Default `provides`. */
    readonly direction?: 'provides' | 'requires';
  };
  /** Only ids after this one: the last of the page before. */
  readonly after?: string;
  /** Default: all. */
  readonly limit?: number;
}

/**
 * The catalogue, as hosts use it. A change and the audit event that tells of it are written together or not at all. Every method
 * rejects with `REGISTRY_UNAVAILABLE` when the store is away, or has not answered in time: the change may have been made then. A change
 * whose event has an id that is written already changes nothing, and resolves: so it is safe to make again.
 */
export interface PluginRegistry extends AsyncDisposable {
  /** A UUID that the store got when it was made, and keeps. What a host kept for one registry it gives to no other. */
  readonly id: string;
  /** Adds a plugin or a version; registering again is harmless. Rejects with `DIGEST_MISMATCH` for a known version with another digest. */
  register(registration: PluginRegistration, event: AuditEvent): Promise<RegisteredPlugin>;
  /**
   * Sets the status of a registered plugin, and that of its instance where a host of a fleet says its `place`: then the status of the
   * plugin stays `active` while it is on another live host. Rejects with `REGISTRY_CONFLICT` for a plugin it does not know.
   */
  recordStatus(
    pluginId: string,
    status: LifecycleState,
    event?: AuditEvent,
    place?: PluginPlace,
  ): Promise<void>;
  /** Writes an event that changes nothing else. A character that no database keeps as text is written as U+FFFD. */
  audit(event: AuditEvent): Promise<void>;
  find(pluginId: string): Promise<RegisteredPlugin | undefined>;
  /** The plugins, by id in code-unit order. */
  list(query?: PluginQuery): Promise<readonly RegisteredPlugin[]>;
  /** The events, oldest first. */
  auditTrail(query?: AuditQuery): Promise<readonly RecordedAuditEvent[]>;
}

/** Why operators let no host run this version, for people; `undefined` when hosts may run it. */
export function withheldBecause(
  { restriction, pinnedVersion }: DesiredState,
  version: string,
): string | undefined {
  if (restriction) {
    const { kind, since, actor, reason } = restriction;
    const why = reason === undefined ? '' : `: ${reason}`;
    return `it was ${kind} by ${actor} at ${since.toISOString()}${why}`;
  }
  if (pinnedVersion === undefined || pinnedVersion === version) return undefined;
  return `it is pinned to version ${pinnedVersion}`;
}
