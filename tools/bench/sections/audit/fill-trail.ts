import { nextLink } from '../../../../packages/registry/src/audit/audit-chain.ts';
import { toRecord } from '../../../../packages/registry/src/audit/event-record.ts';
import { eventColumns } from '../../../../packages/registry/src/postgres/rows.ts';
import type { DurablePostgres } from '../../../postgres/src/durable-postgres.ts';
import { trailEvent } from '../../programs/trail-event.ts';

type Server = Pick<DurablePostgres, 'sql'>;
type Row = ReturnType<typeof eventColumns> & ReturnType<typeof placeOf>;

const schema = 'plugin_registry';

/** Writes events behind those that are there, as a registry links them, in one statement: a trail that only has to be long. */
export async function fillTrail(server: Server, from: number, count: number): Promise<void> {
  const heads = await readHeads(server);
  const rows: Row[] = [];
  for (let number = from; number < from + count; number += 1) {
    const record = toRecord(trailEvent(number));
    const head = heads.get(record.hostId);
    if (!head) throw new Error(`${record.hostId} has appended nothing yet`);
    const link = nextLink(head, record);
    heads.set(record.hostId, link);
    rows.push({ ...eventColumns(record), ...placeOf(link) });
  }
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  const ends = [...heads].map(([hostId, { sequence, hash }]) => `('${hostId}', ${sequence}, '${hash}')`);
  await server.sql(
    `begin;
     insert into ${schema}.audit_events (${columns})
       select ${columns} from json_populate_recordset(null::${schema}.audit_events, $rows$${JSON.stringify(rows)}$rows$);
     update ${schema}.audit_chains c set length = e.length, head_hash = e.hash
       from (values ${ends.join(', ')}) as e(host_id, length, hash) where c.host_id = e.host_id;
     commit`,
  );
}

async function readHeads(server: Server) {
  const rows = await server.sql(`select host_id, length, head_hash from ${schema}.audit_chains`);
  return new Map(
    rows.map(({ host_id: hostId, length, head_hash: hash }) => [
      String(hostId),
      { sequence: Number(length), hash: String(hash) },
    ]),
  );
}

function placeOf({ sequence, previousHash, hash }: ReturnType<typeof nextLink>) {
  return { sequence, previous_hash: previousHash, hash };
}
