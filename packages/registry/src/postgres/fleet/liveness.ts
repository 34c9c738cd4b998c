import type { LifecycleState } from '@stellaops/plugin-abstractions/hosting';
import { sql, type ExpressionBuilder } from 'kysely';
import type { Tables } from '../tables.ts';

/** When the host of `h` counts as lost, unless it gives a heartbeat. */
export const lostAt = sql<Date>`h.heartbeat_at + h.lost_after_ms * interval '1 millisecond'`;

/** Whether the host of `h` is live: by the clock of the database alone, for those of hosts differ. */
export const isLive = sql<boolean>`${lostAt} > now()`;

/** The status of the plugin of `p` as its hosts are now: what a lost host had active has ended with it, as far as anybody knows. */
export function presentStatus(builder: ExpressionBuilder<Tables & { p: Tables['plugins'] }, 'p'>) {
  const isOnLive = builder
    .selectFrom('plugin_instances as i')
    .innerJoin('plugin_hosts as h', 'h.host_id', 'i.host_id')
    .where('i.state', '=', 'active')
    .whereRef('i.plugin_id', '=', 'p.id')
    .select(sql`bool_or(${isLive})`.as('is_on_live'));
  return sql<LifecycleState>`case ${isOnLive}
    when true then 'active'
    when false then case p.status when 'active' then 'failed' else p.status end
    else p.status end`;
}
