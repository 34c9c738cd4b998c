import type {
  CatalogueNotice,
  DesiredState,
  FleetHost,
  HostAnnouncement,
  LifecycleState,
  PluginHostHealth,
  PluginInstanceReport,
} from '@stellaops/plugin-abstractions/hosting';

/** A host that joins. */
export interface NewHost extends Omit<HostAnnouncement, 'replaces'> {
  readonly incarnation: string;
}

/** A host that is in the catalogue, as its place is judged. */
export type KnownHost = Omit<FleetHost, 'since' | 'instances'>;

/** The place that one incarnation of a host has in a fleet. */
export type HostPlace = Pick<NewHost, 'hostId' | 'incarnation'>;

/** How an instance stands, and whose it is. */
export type InstanceEntry = PluginInstanceReport & HostPlace;

/** What a transaction does with the hosts of a fleet. */
export interface FleetTransaction {
  /** A host, which nobody else changes until the transaction ends. */
  findHost(hostId: string): Promise<KnownHost | undefined>;
  /** The ids of hosts that are lost for so long, but those with which somebody else is busy. */
  findForgotten(lostForMs: number): Promise<readonly string[]>;
  /** Resolves with `false` when another of this id was quicker. */
  enterHost(host: NewHost): Promise<boolean>;
  /** Takes hosts out with their instances. A plugin that no live host has active then, and one of these had, gets the status. */
  removeHosts(hostIds: readonly string[], status: LifecycleState): Promise<void>;
  /** Makes these the instances of a host: those of registered versions. */
  setInstances(place: HostPlace, instances: readonly PluginInstanceReport[]): Promise<void>;
}

/** The fleet of a catalogue, outside of its transactions. */
export interface FleetStore {
  /** Resolves with `false` when the place is gone. */
  heartbeat(place: HostPlace): Promise<boolean>;
  /** Like `setStatus` of a transaction, for a status that ends nothing and of which no event tells: it needs no transaction. */
  setPassingStatus(pluginId: string, status: LifecycleState, instance?: InstanceEntry): Promise<boolean>;
  /** By host id in code-unit order. */
  hosts(hostId?: string): Promise<readonly FleetHost[]>;
  /** By host id in code-unit order. */
  instancesOf(pluginId: string): Promise<readonly PluginHostHealth[]>;
  desiredStates(pluginIds: readonly string[]): Promise<readonly DesiredState[]>;
  watch(signal: AbortSignal): AsyncIterable<CatalogueNotice>;
}
