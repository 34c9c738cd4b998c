import type { PluginErrorCode } from '../contract/error-catalogue.ts';
import type { AuditEventName } from './audit.ts';
import type { LifecycleState } from './lifecycle.ts';
import type { PluginRegistry, RegisteredPlugin } from './plugin-registry.ts';

/** What a host says of itself when it joins a fleet. */
export interface HostAnnouncement {
  readonly hostId: string;
  /** The name of the machine, for people. */
  readonly machine: string;
  readonly processId: number;
  /** Names the process for all time, so that another host of the same machine can see whether it is gone. */
  readonly processIdentity: string;
  /** After so long without a heartbeat it counts as lost, by the clock of the store. In milliseconds. */
  readonly lostAfterMs: number;
  /** The incarnation of a host of this id of which the caller knows that it is gone: it is taken over at once. */
  readonly replaces?: string;
}

/** How an instance of a plugin stands, as its host says it. */
export interface PluginInstanceReport {
  readonly pluginId: string;
  readonly version: string;
  readonly state: LifecycleState;
  /** Of a failure, or of an end that somebody asked for. */
  readonly code?: PluginErrorCode;
  readonly detail?: string;
}

/** An instance of a plugin, as the catalogue has it. */
export interface FleetInstance extends PluginInstanceReport {
  /** By the clock of the store. */
  readonly since: Date;
}

/** A host of a fleet, with its plugins. All times are by the clock of the store, so those of the hosts may differ. */
export interface FleetHost {
  readonly hostId: string;
  /** Another host that joins under the same id has another. */
  readonly incarnation: string;
  readonly machine: string;
  readonly processId: number;
  readonly processIdentity: string;
  /** `lost`: it has given no heartbeat for as long as it said, and did not take its leave. */
  readonly state: 'live' | 'lost';
  /** Since when it is live or lost. */
  readonly since: Date;
  readonly lastHeartbeatAt: Date;
  /** As the host last said, by plugin id in code-unit order; nothing of a lost host is known to run. */
  readonly instances: readonly FleetInstance[];
}

/** The place of a host in a fleet. */
export interface FleetMembership {
  readonly incarnation: string;
  /** Says that the host is alive. Resolves with `false` when the place is gone: another took it over, or the host was forgotten. */
  heartbeat(): Promise<boolean>;
  /** Says how all instances of the host stand, whatever was said before. */
  report(instances: readonly PluginInstanceReport[]): Promise<void>;
  /** Takes the host off, with its instances. */
  leave(): Promise<void>;
}

/** Where an instance of a plugin runs. */
export interface PluginPlace {
  readonly hostId: string;
  readonly version: string;
}

/** What operators want of a plugin. */
export type DesiredState = Pick<RegisteredPlugin, 'id' | 'restriction' | 'pinnedVersion'>;

/**
 * What changed in the catalogue. `resync`: anything may have, for changes may have been missed; it is the first of every watch, and
 * comes again after a lost connection.
 */
export type CatalogueNotice =
  | { readonly kind: 'changed'; readonly pluginId: string; readonly event: AuditEventName }
  | { readonly kind: 'resync' };

/** A catalogue that several hosts share, and in which each says how it is. */
export interface FleetRegistry extends PluginRegistry {
  /**
   * Enters a host; one of its id that is lost is taken over. Rejects with `HOST_ID_TAKEN` while one is live. From now on
   * {@link PluginRegistry.recordStatus} enters the instances of the host too.
   */
  join(host: HostAnnouncement): Promise<FleetMembership>;
  /** The hosts, or one of them, by id in code-unit order. One that is lost for a day is forgotten when another joins. */
  hosts(hostId?: string): Promise<readonly FleetHost[]>;
  /** What operators want of these plugins; one that the catalogue does not have is left out. */
  desiredStates(pluginIds: readonly string[]): Promise<readonly DesiredState[]>;
  /**
   * What is registered and decided from now on, until the signal aborts: then it ends. It rejects never, and waits for a store that is
   * away. Whoever reads slowly gets a `resync` instead of what was too much to keep.
   */
  watch(signal: AbortSignal): AsyncIterable<CatalogueNotice>;
}

/** Whether a registry can be shared by a fleet. */
export function isFleetRegistry(registry: PluginRegistry): registry is FleetRegistry {
  return 'join' in registry && typeof registry.join === 'function';
}
