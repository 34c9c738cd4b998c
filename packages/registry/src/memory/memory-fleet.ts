import type {
  FleetHost,
  FleetInstance,
  PluginHostHealth,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { KnownHost, NewHost } from '../catalogue/fleet-store.ts';

/** A host as memory keeps it. Times in milliseconds since the epoch. */
export interface MemoryHost extends NewHost {
  readonly joinedAt: number;
  readonly heartbeatAt: number;
  readonly instances: ReadonlyMap<string, FleetInstance>;
}

/** The hosts of a fleet by id. */
export type MemoryFleet = ReadonlyMap<string, MemoryHost>;

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
  return [...fleet.values()]
    .filter((host) => hostId === undefined || host.hostId === hostId)
    .map(fleetHost)
    .toSorted((one, other) => (one.hostId < other.hostId ? -1 : 1));
}

function fleetHost(host: MemoryHost): FleetHost {
  const since = lostSince(host) ?? new Date(host.joinedAt);
  const instances = [...host.instances.values()].toSorted((one, other) =>
    one.pluginId < other.pluginId ? -1 : 1,
  );
  return { ...knownHost(host), since, instances };
}

/** The instances of a plugin, by host id. */
export function fleetInstancesOf(fleet: MemoryFleet, pluginId: string): readonly PluginHostHealth[] {
  return [...fleet.values()]
    .flatMap((host): PluginHostHealth[] => {
      const { pluginId: _, ...instance } = host.instances.get(pluginId) ?? {};
      const lost = lostSince(host);
      return 'state' in instance
        ? [{ hostId: host.hostId, ...instance, ...(lost && { lostSince: lost }) }]
        : [];
    })
    .toSorted((one, other) => (one.hostId < other.hostId ? -1 : 1));
}

/** Whether a live host has a plugin active; `undefined` when no host has. */
export function isActiveOnLive(fleet: MemoryFleet, pluginId: string): boolean | undefined {
  const active = [...fleet.values()].filter(({ instances }) => instances.get(pluginId)?.state === 'active');
  return active.length === 0 ? undefined : active.some((host) => lostForMs(host) < 0);
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
