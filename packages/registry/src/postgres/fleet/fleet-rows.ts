import type { FleetInstance, PluginHostHealth } from '@stellaops/plugin-abstractions/hosting';
import type { Selectable } from 'kysely';
import type { KnownHost } from '../../catalogue/fleet-store.ts';
import type { Tables } from '../tables.ts';

type InstanceRow = Omit<Selectable<Tables['plugin_instances']>, 'host_id' | 'plugin_id'>;
type HostRow = Omit<Selectable<Tables['plugin_hosts']>, 'lost_after_ms'> & { readonly is_live: boolean };

/** How the instance of a row stands; a join says of every column that it may be missing, and then all of them are. */
export function instanceOf({
  version,
  state,
  since,
  code,
  detail,
}: { readonly [Name in keyof InstanceRow]: InstanceRow[Name] | null }): Omit<FleetInstance, 'pluginId'> {
  const instance = {
    version,
    state,
    since: new Date(since ?? Number.NaN),
    ...(code !== null && { code }),
    ...(detail !== null && { detail }),
  };
  return instance as Omit<FleetInstance, 'pluginId'>; // a host said it
}

/** How the plugin of a row stands on its host. */
export function hostHealthOf(
  row: InstanceRow & { readonly host_id: string },
  lostSince: Date | undefined,
): PluginHostHealth {
  return { hostId: row.host_id, ...instanceOf(row), ...(lostSince && { lostSince }) };
}

/** The host of a row. */
export function knownHostOf(row: HostRow): KnownHost {
  return {
    hostId: row.host_id,
    incarnation: row.incarnation,
    machine: row.machine,
    processId: Number(row.process_id),
    processIdentity: row.process_identity,
    state: row.is_live ? 'live' : 'lost',
    lastHeartbeatAt: new Date(row.heartbeat_at),
  };
}
