import type { LifecycleState, PluginInstanceReport } from '@stellaops/plugin-abstractions/hosting';
import { sql, type AliasedRawBuilder, type Kysely } from 'kysely';
import type { HostPlace, InstanceEntry } from '../../catalogue/fleet-store.ts';
import type { Tables } from '../tables.ts';
import { isLive } from './liveness.ts';

/** The state that a host says of a plugin. */
type StatusReport = Pick<PluginInstanceReport, 'pluginId' | 'state'>;

interface Reported {
  readonly plugin_id: string;
  readonly version: string;
  readonly state: LifecycleState;
  readonly code: string | null;
  readonly detail: string | null;
}

/** Sets the status of a plugin, and enters the instance of which it is. Resolves with whether there is such a plugin. */
export async function recordStatus(
  tables: Kysely<Tables>,
  report: StatusReport,
  instance: InstanceEntry | undefined,
): Promise<boolean> {
  const updated = tables.with('updated', (each) => updateStatuses(each, [report], instance?.hostId));
  const entered = instance
    ? updated.with('entered', (each) => upsertInstances(each, instance, [instance]))
    : updated;
  return (await entered.selectFrom('updated').select('id').executeTakeFirst()) !== undefined;
}

/** Makes these the instances of a host that has its place, and sets their statuses. */
export async function replaceInstances(
  tables: Kysely<Tables>,
  place: HostPlace,
  reports: readonly PluginInstanceReport[],
): Promise<void> {
  const own = tables.deleteFrom('plugin_instances').where('host_id', '=', place.hostId);
  if (reports.length === 0) {
    await own.execute();
    return;
  }
  const kept = reports.map(({ pluginId, version }) => [pluginId, version] as const);
  await own
    .where((where) =>
      where.not(
        where(
          where.refTuple('plugin_id', 'version'),
          'in',
          kept.map((each) => where.tuple(...each)),
        ),
      ),
    )
    .execute();
  await upsertInstances(tables, place, reports).execute();
  await updateStatuses(tables, reports, place.hostId).execute();
}

/** Sets the status of plugins that were active on a host which is no more. */
export async function endStatuses(
  tables: Kysely<Tables>,
  pluginIds: readonly string[],
  status: LifecycleState,
): Promise<void> {
  if (pluginIds.length === 0) return;
  const reports = pluginIds.map((pluginId) => ({ pluginId, state: status }));
  await updateStatuses(tables, reports, undefined).where('p.status', '=', 'active').execute();
}

/** Instances of registered versions, where their host has its place; there must be one at least. */
function upsertInstances(
  tables: Pick<Kysely<Tables>, 'insertInto'>,
  { hostId, incarnation }: HostPlace,
  reports: readonly PluginInstanceReport[],
) {
  return tables
    .insertInto('plugin_instances')
    .columns(['host_id', 'plugin_id', 'version', 'state', 'since', 'code', 'detail'])
    .expression((expression) =>
      expression
        .selectFrom(reported(reports))
        .innerJoin('plugin_versions as v', (join) =>
          join.onRef('v.plugin_id', '=', 'r.plugin_id').onRef('v.version', '=', 'r.version'),
        )
        .innerJoin('plugin_hosts as h', (join) =>
          join.on('h.host_id', '=', hostId).on('h.incarnation', '=', incarnation),
        )
        .select(['h.host_id', 'v.plugin_id', 'v.version', 'r.state'])
        .select((select) => select.fn<string>('clock_timestamp').as('since'))
        .select(['r.code', 'r.detail']),
    )
    .onConflict((conflict) =>
      conflict.columns(['host_id', 'plugin_id']).doUpdateSet((update) => ({
        version: update.ref('excluded.version'),
        state: update.ref('excluded.state'),
        since: sql`case when (plugin_instances.state, plugin_instances.version) = (excluded.state, excluded.version)
          then plugin_instances.since else excluded.since end`,
        code: update.ref('excluded.code'),
        detail: update.ref('excluded.detail'),
      })),
    );
}

/** Sets the statuses that a host says, or leaves them `active` where another live host has the plugin active. */
function updateStatuses(
  tables: Pick<Kysely<Tables>, 'updateTable'>,
  reports: readonly StatusReport[],
  hostId: string | undefined,
) {
  return tables
    .updateTable('plugins as p')
    .from(reported(reports))
    .whereRef('p.id', '=', 'r.plugin_id')
    .set((update) => {
      const onLive = update
        .selectFrom('plugin_instances as i')
        .innerJoin('plugin_hosts as h', 'h.host_id', 'i.host_id')
        .select('i.host_id')
        .whereRef('i.plugin_id', '=', 'p.id')
        .where('i.state', '=', 'active')
        .where(isLive);
      const elsewhere = hostId === undefined ? onLive : onLive.where('i.host_id', '!=', hostId);
      return {
        status: sql<LifecycleState>`case when ${update.exists(elsewhere)} then 'active' else ${update.ref('r.state')} end`,
      };
    })
    .returning('p.id');
}

/** Reports as a table, of which the database knows how many rows it has: that decides how it goes about it. */
function reported(
  reports: readonly (StatusReport & Partial<PluginInstanceReport>)[],
): AliasedRawBuilder<Reported, 'r'> {
  const column = (name: keyof PluginInstanceReport) =>
    sql`${reports.map((report) => report[name] ?? null)}::text[]`;
  const columns = (['pluginId', 'version', 'state', 'code', 'detail'] as const).map(column);
  return sql<Reported>`unnest(${sql.join(columns)})`.as<'r'>(sql`r(plugin_id, version, state, code, detail)`);
}
