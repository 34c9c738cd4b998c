import type { AuditAnchor, AuditQuery, RecordedAuditEvent } from '@stellaops/plugin-abstractions/hosting';
import { sql, type Kysely } from 'kysely';
import type { AuditChains, ChainLink } from '../audit/audit-chain.ts';
import { linkOf, recordedEventOf, type EventRow } from './rows.ts';
import type { Tables } from './tables.ts';

const linksAtOnce = 1000;

/** A page of the events that a query asks for, by position. */
export async function selectEvents(
  tables: Kysely<Tables>,
  query: AuditQuery & { readonly limit: number },
): Promise<readonly RecordedAuditEvent[]> {
  const { pluginId, actor, hostId, event, from, until, after, limit } = query;
  let events = tables.selectFrom('audit_events').selectAll().orderBy('id').limit(limit);
  if (pluginId !== undefined) events = events.where('plugin_id', '=', pluginId);
  if (actor !== undefined) events = events.where('actor', '=', actor);
  if (hostId !== undefined) events = events.where('host_id', '=', hostId);
  if (event !== undefined) events = events.where('event', '=', event);
  if (from) events = events.where('at', '>=', from);
  if (until) events = events.where('at', '<', until);
  if (after !== undefined) events = events.where('id', '>', after);
  return (await events.execute()).map(recordedEventOf);
}

/** Reads the chains of a transaction that sees one moment alone. */
export function chainsOf(tables: Kysely<Tables>): AuditChains {
  return {
    heads: () => selectHeads(tables),
    hosts: () => selectHosts(tables),
    links: (hostId) => selectLinks(tables, hostId),
  };
}

async function selectHeads(tables: Kysely<Tables>): Promise<readonly AuditAnchor[]> {
  const rows = await tables.selectFrom('audit_chains').selectAll().orderBy('host_id').execute();
  return rows.map(({ host_id: hostId, length, head_hash: hash }) => ({
    hostId,
    sequence: Number(length),
    hash,
  }));
}

async function selectHosts(tables: Kysely<Tables>): Promise<readonly string[]> {
  const rows = await tables
    .selectFrom('audit_events')
    .select('host_id')
    .distinct()
    .orderBy('host_id')
    .execute();
  return rows.map(({ host_id: hostId }) => hostId);
}

/**
 * By one cursor for the whole chain, so that its cost is that of its length: asked page by page, a database that knows little of the table
 * yet may sort what is left for each page.
 */
async function* selectLinks(tables: Kysely<Tables>, hostId: string): AsyncGenerator<ChainLink> {
  const links = tables
    .selectFrom('audit_events')
    .selectAll()
    .where('host_id', '=', hostId)
    .orderBy('sequence')
    .orderBy('id');
  await sql`declare audit_links no scroll cursor for ${links}`.execute(tables);
  try {
    const fetch = sql<EventRow>`fetch ${sql.lit(linksAtOnce)} from audit_links`;
    for (let isWhole = false; !isWhole;) {
      const { rows } = await fetch.execute(tables);
      yield* rows.map(linkOf);
      isWhole = rows.length < linksAtOnce;
    }
  } finally {
    await sql`close audit_links`.execute(tables).catch(() => undefined); // a transaction that failed has closed it
  }
}
