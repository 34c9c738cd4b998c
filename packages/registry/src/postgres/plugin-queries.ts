import type { PluginQuery, RegisteredPlugin } from '@stellaops/plugin-abstractions/hosting';
import type { Kysely } from 'kysely';
import { presentStatus } from './fleet/liveness.ts';
import { entriesOf } from './rows.ts';
import type { Tables } from './tables.ts';

/** One plugin with all its versions. */
export async function findPlugin(
  tables: Kysely<Tables>,
  pluginId: string,
): Promise<RegisteredPlugin | undefined> {
  const rows = await selectEntries(tables).where('p.id', '=', pluginId).execute();
  return entriesOf(rows)[0];
}

/** A page of the plugins that a query asks for, by id. */
export async function listPlugins(
  tables: Kysely<Tables>,
  query: PluginQuery,
): Promise<readonly RegisteredPlugin[]> {
  const rows = await selectEntries(tables).where('p.id', 'in', selectIds(tables, query)).execute();
  return entriesOf(rows);
}

function selectEntries(tables: Kysely<Tables>) {
  return tables
    .selectFrom('plugins as p')
    .leftJoin('plugin_desired_states as d', 'd.plugin_id', 'p.id')
    .leftJoin('plugin_versions as v', 'v.plugin_id', 'p.id')
    .select(['p.id', 'p.name', 'p.trust_level', 'p.config_json', 'p.registered_at'])
    .select((select) => presentStatus(select).as('status'))
    .select(['d.pinned_version', 'd.restriction', 'd.restricted_at', 'd.restricted_by'])
    .select(['d.restriction_reason', 'v.version', 'v.assembly_hash', 'v.published_at', 'v.manifest'])
    .orderBy('p.id')
    .orderBy('v.id');
}

function selectIds(tables: Kysely<Tables>, query: PluginQuery) {
  const { status, trustLevel, restriction, capability, after, limit } = query;
  let ids = tables
    .selectFrom('plugins as p')
    .leftJoin('plugin_desired_states as d', 'd.plugin_id', 'p.id')
    .select('p.id')
    .orderBy('p.id');
  if (status !== undefined) ids = ids.where(presentStatus, '=', status);
  if (trustLevel !== undefined) ids = ids.where('p.trust_level', '=', trustLevel);
  if (restriction !== undefined) ids = ids.where('d.restriction', '=', restriction);
  if (capability) ids = ids.where('p.id', 'in', selectDeclaring(tables, capability));
  if (after !== undefined) ids = ids.where('p.id', '>', after);
  return limit === undefined ? ids : ids.limit(limit);
}

/** The plugins whose version in force declares a capability: the pinned one, else the last that was registered. */
function selectDeclaring(tables: Kysely<Tables>, capability: NonNullable<PluginQuery['capability']>) {
  const { id, version, direction = 'provides' } = capability;
  const declaring = tables
    .selectFrom('plugin_capabilities as c')
    .innerJoin('plugin_versions as v', 'v.id', 'c.plugin_version_id')
    .leftJoin('plugin_desired_states as d', 'd.plugin_id', 'v.plugin_id')
    .where('c.capability', '=', id)
    .where('c.direction', '=', direction)
    .where((where) =>
      where.or([
        where('v.version', '=', where.ref('d.pinned_version')),
        where('d.pinned_version', 'is', null).and(
          where.not(
            where.exists(
              where
                .selectFrom('plugin_versions as later')
                .select('later.id')
                .whereRef('later.plugin_id', '=', 'v.plugin_id')
                .whereRef('later.id', '>', 'v.id'),
            ),
          ),
        ),
      ]),
    )
    .select('v.plugin_id');
  return version === undefined ? declaring : declaring.where('c.version', '=', version);
}
