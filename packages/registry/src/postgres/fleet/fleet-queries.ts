import type {
  DesiredState,
  FleetHost,
  FleetInstance,
  PluginHostHealth,
} from '@stellaops/plugin-abstractions/hosting';
import type { Kysely } from 'kysely';
import type { HostPlace, KnownHost } from '../../catalogue/fleet-store.ts';
import { desiredState } from '../rows.ts';
import type { Tables } from '../tables.ts';
import { hostHealthOf, instanceOf, knownHostOf } from './fleet-rows.ts';
import { isLive, lostAt } from './liveness.ts';

/** Says that a host is alive; `false` when it has its place no longer. */
export async function beat(tables: Kysely<Tables>, { hostId, incarnation }: HostPlace): Promise<boolean> {
  const { numUpdatedRows } = await tables
    .updateTable('plugin_hosts')
    .set((update) => ({ heartbeat_at: update.fn<string>('clock_timestamp') }))
    .where('host_id', '=', hostId)
    .where('incarnation', '=', incarnation)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** The hosts with their instances, or one of them, by id. */
export async function selectHosts(
  tables: Kysely<Tables>,
  hostId: string | undefined,
): Promise<readonly FleetHost[]> {
  let hosts = selectHostRows(tables)
    .leftJoin('plugin_instances as i', 'i.host_id', 'h.host_id')
    .select(['i.plugin_id', 'i.version', 'i.state', 'i.since', 'i.code', 'i.detail'])
    .orderBy('h.host_id')
    .orderBy('i.plugin_id');
  if (hostId !== undefined) hosts = hosts.where('h.host_id', '=', hostId);
  const rows = await hosts.execute();
  return [...Map.groupBy(rows, (row) => row.host_id).values()].flatMap((ofHost): FleetHost[] => {
    const [host] = ofHost;
    if (!host) return [];
    const since = new Date(host.is_live ? host.joined_at : host.lost_at);
    const instances = ofHost.flatMap(({ plugin_id: pluginId, ...row }): FleetInstance[] =>
      pluginId === null ? [] : [{ pluginId, ...instanceOf(row) }],
    );
    return [{ ...knownHostOf(host), since, instances }];
  });
}

/** A host, which nobody else changes until the transaction ends. */
export async function lockHost(tables: Kysely<Tables>, hostId: string): Promise<KnownHost | undefined> {
  const row = await selectHostRows(tables).where('h.host_id', '=', hostId).forUpdate().executeTakeFirst();
  return row && knownHostOf(row);
}

/** The rows of hosts, and how they are judged now. */
function selectHostRows(tables: Kysely<Tables>) {
  return tables
    .selectFrom('plugin_hosts as h')
    .select(['h.host_id', 'h.incarnation', 'h.machine', 'h.process_id', 'h.process_identity'])
    .select(['h.joined_at', 'h.heartbeat_at', isLive.as('is_live'), lostAt.as('lost_at')]);
}

/** The instances of a plugin, by host id. */
export async function selectInstancesOf(
  tables: Kysely<Tables>,
  pluginId: string,
): Promise<readonly PluginHostHealth[]> {
  const rows = await tables
    .selectFrom('plugin_instances as i')
    .innerJoin('plugin_hosts as h', 'h.host_id', 'i.host_id')
    .where('i.plugin_id', '=', pluginId)
    .select(['i.host_id', 'i.version', 'i.state', 'i.since', 'i.code', 'i.detail'])
    .select([isLive.as('is_live'), lostAt.as('lost_at')])
    .orderBy('i.host_id')
    .execute();
  return rows.map((row) => hostHealthOf(row, row.is_live ? undefined : new Date(row.lost_at)));
}

/** What operators want of plugins. */
export async function selectDesiredStates(
  tables: Kysely<Tables>,
  pluginIds: readonly string[],
): Promise<readonly DesiredState[]> {
  if (pluginIds.length === 0) return [];
  const rows = await tables
    .selectFrom('plugins as p')
    .leftJoin('plugin_desired_states as d', 'd.plugin_id', 'p.id')
    .where('p.id', 'in', [...pluginIds])
    .select(['p.id', 'd.pinned_version', 'd.restriction', 'd.restricted_at', 'd.restricted_by'])
    .select('d.restriction_reason')
    .execute();
  return rows.map(desiredState);
}
