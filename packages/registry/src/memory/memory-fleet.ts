import type {
  FleetHost,
  FleetInstance,
  PluginHostHealth,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { KnownHost, NewHost } from '../catalogue/fleet-store.ts';
import type { MapView } from './map-draft.ts';

/** A host as memory keeps it. Times in milliseconds since the epoch. */
export interface MemoryHost extends NewHost {
  readonly joinedAt: number;
  readonly heartbeatAt: number;
}

/** The instances of a plugin by host id. */
export type MemoryInstances = ReadonlyMap<string, FleetInstance>;

/** The hosts of a fleet by id, and the instances of each plugin by its id. */
export interface MemoryFleet {
  readonly hosts: MapView<MemoryHost>;
  readonly instances: MapView<MemoryInstances>;
}

/** For how long a host is lost; negative while it is live. */
export function lostForMs({ heartbeatAt, lostAfterMs }: MemoryHost): number {
  return Date.now() - heartbeatAt - lostAfterMs;
}

/** A host as its place is judged. */
export function knownHost(host: MemoryHost): KnownHost {
  const { hostId, incarnation, machine, processId, processIdentity, heartbeatAt } = host;
  const state = lostForMs(host) >= 0 ? 'lost' : 'live';
  const lastHeartbeatAt = new Date(heartbeatAt);
  return { hostId, incarnation, machine, processId, processIdentity, state, lastHeartbeatAt };
}

/** The hosts with their instances, or one of them, by id. */
export function fleetHosts(fleet: MemoryFleet, hostId: string | undefined): readonly FleetHost[] {
  return [...fleet.hosts.entries()]
    .filter(([id]) => hostId === undefined || id === hostId)
    .map(([, host]) => fleetHost(fleet, host))
    .toSorted((one, other) => (one.hostId < other.hostId ? -1 : 1));
}

function fleetHost(fleet: MemoryFleet, host: MemoryHost): FleetHost {
  const since = lostSince(host) ?? new Date(host.joinedAt);
  return { ...knownHost(host), since, instances: instancesOn(fleet, host.hostId) };
}

/** The instances of a host, by plugin id. */
export function instancesOn(fleet: MemoryFleet, hostId: string): readonly FleetInstance[] {
  return [...fleet.instances.entries()]
    .flatMap(([, instances]) => instances.get(hostId) ?? [])
    .toSorted((one, other) => (one.pluginId < other.pluginId ? -1 : 1));
}

/** The instances of a plugin, by host id. */
export function fleetInstancesOf(fleet: MemoryFleet, pluginId: string): readonly PluginHostHealth[] {
  return [...(fleet.instances.get(pluginId) ?? [])]
    .map(([hostId, instance]) => healthOn(fleet.hosts.get(hostId), hostId, instance))
    .toSorted((one, other) => (one.hostId < other.hostId ? -1 : 1));
}

function healthOn(host: MemoryHost | undefined, hostId: string, instance: FleetInstance): PluginHostHealth {
  const { pluginId: _, ...standing } = instance;
  const lost = host && lostSince(host);
  return { hostId, ...standing, ...(lost && { lostSince: lost }) };
}

/** Whether a live host has a plugin active, other than this one; `undefined` when none has. */
export function isActiveOnLive(fleet: MemoryFleet, pluginId: string, but?: string): boolean | undefined {
  const active = [...(fleet.instances.get(pluginId) ?? [])].filter(
    ([hostId, { state }]) => state === 'active' && hostId !== but,
  );
  if (active.length === 0) return undefined;
  return active.some(([hostId]) => {
    const host = fleet.hosts.get(hostId);
    return host !== undefined && lostForMs(host) < 0;
  });
}

/** A plugin with its status as the hosts are now. */
export function withPresentStatus(fleet: MemoryFleet, plugin: RegisteredPlugin): RegisteredPlugin {
  const isOnLive = isActiveOnLive(fleet, plugin.id);
  if (isOnLive === true) return { ...plugin, status: 'active' };
  return isOnLive === false && plugin.status === 'active' ? { ...plugin, status: 'failed' } : plugin;
}

function lostSince(host: MemoryHost): Date | undefined {
  return lostForMs(host) >= 0 ? new Date(host.heartbeatAt + host.lostAfterMs) : undefined;
}
