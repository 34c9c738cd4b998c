import type { LifecycleState, PluginInstanceReport } from '@stellaops/plugin-abstractions/hosting';
import { sql, type Kysely } from 'kysely';
import type { FleetTransaction, HostPlace, KnownHost, NewHost } from '../../catalogue/fleet-store.ts';
import type { Tables } from '../tables.ts';
import { lockHost } from './fleet-queries.ts';
import { endStatuses, replaceInstances } from './instances.ts';
import { lostAt } from './liveness.ts';

/** What a transaction in SQL does with the hosts of a fleet. It locks the rows of plugins in the order of their ids. */
export class SqlFleetTransaction implements FleetTransaction {
  readonly #tables: Kysely<Tables>;

  constructor(tables: Kysely<Tables>) {
    this.#tables = tables;
  }

  findHost(hostId: string): Promise<KnownHost | undefined> {
    return lockHost(this.#tables, hostId);
  }

  async findForgotten(lostForMs: number): Promise<readonly string[]> {
    const rows = await this.#tables
      .selectFrom('plugin_hosts as h')
      .select('h.host_id')
      .where(sql<boolean>`${lostAt} < now() - ${lostForMs} * interval '1 millisecond'`)
      .forUpdate()
      .skipLocked()
      .execute();
    return rows.map(({ host_id: hostId }) => hostId);
  }

  async enterHost({ lostAfterMs, ...host }: NewHost): Promise<boolean> {
    const now = sql<string>`clock_timestamp()`;
    const { numInsertedOrUpdatedRows = 0n } = await this.#tables
      .insertInto('plugin_hosts')
      .values({
        host_id: host.hostId,
        incarnation: host.incarnation,
        machine: host.machine,
        process_id: host.processId,
        process_identity: host.processIdentity,
        joined_at: now,
        heartbeat_at: now,
        lost_after_ms: Math.ceil(lostAfterMs),
      })
      .onConflict((conflict) => conflict.column('host_id').doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows > 0n;
  }

  async removeHosts(hostIds: readonly string[], status: LifecycleState): Promise<void> {
    if (hostIds.length === 0) return;
    const ids = [...hostIds];
    const instances = this.#tables.selectFrom('plugin_instances').select('plugin_id').distinct();
    const active = await instances.where('host_id', 'in', ids).where('state', '=', 'active').execute();
    const pluginIds = active.map(({ plugin_id: pluginId }) => pluginId);
    await this.#lockPlugins(pluginIds);
    await this.#tables.deleteFrom('plugin_hosts').where('host_id', 'in', ids).execute();
    await endStatuses(this.#tables, pluginIds, status);
  }

  async setInstances(place: HostPlace, reports: readonly PluginInstanceReport[]): Promise<void> {
    const { hostId, incarnation } = place;
    await this.#lockPlugins(reports.map(({ pluginId }) => pluginId));
    const hosts = this.#tables.selectFrom('plugin_hosts').select('host_id').where('host_id', '=', hostId);
    const isThere = await hosts.where('incarnation', '=', incarnation).forKeyShare().executeTakeFirst();
    if (isThere) await replaceInstances(this.#tables, place, reports);
  }

  async #lockPlugins(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = this.#tables
      .selectFrom('plugins')
      .select('id')
      .where('id', 'in', [...ids])
      .orderBy('id');
    await rows.forNoKeyUpdate().execute();
  }
}
