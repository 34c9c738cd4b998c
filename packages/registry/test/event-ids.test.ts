import { afterAll, describe, expect, it } from '@jest/globals';
import { chainStart, nextLink } from '../src/audit/audit-chain.ts';
import { toRecord } from '../src/audit/event-record.ts';
import { eventOf } from '../src/contract/given.ts';
import { migrationSql, PostgresPluginRegistry } from '../src/postgres.ts';
import { openTestDatabase } from '@stellaops-tools/postgres';

const database = await openTestDatabase();
afterAll(async () => await database[Symbol.asyncDispose]());

const connect = (schema: string) =>
  PostgresPluginRegistry.connect({ connectionString: database.connectionString, schema });

describe('events from before events had ids', () => {
  it('stay as they are, and the chain goes on behind them', async () => {
    const schema = database.newSchema();
    for (const [name, text] of Object.entries(await migrationSql(schema)))
      if (name < '0003') await database.sql(text);
    let head = { sequence: 0, hash: chainStart };
    await database.sql(`insert into ${schema}.audit_chains values ('host-1', 0, $1)`, [chainStart]);
    for (const detail of ['one', 'two']) {
      const { id: _, ...record } = toRecord(eventOf('call.rejected', 'acme.scanner', { detail }));
      const link = nextLink(head, record);
      await database.sql(
        `insert into ${schema}.audit_events (host_id, sequence, event, at, actor, plugin_id, version, detail, previous_hash, hash)
         values ('host-1', $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          link.sequence,
          record.event,
          record.at,
          record.actor,
          record.pluginId,
          record.version,
          detail,
          link.previousHash,
          link.hash,
        ],
      );
      head = link;
    }
    await database.sql(`update ${schema}.audit_chains set length = $1, head_hash = $2`, [
      head.sequence,
      head.hash,
    ]);

    await using registry = await connect(schema);
    const event = eventOf('call.rejected', 'acme.scanner', { detail: 'three' });
    await registry.audit(event);
    const trail = await registry.auditTrail();
    expect(trail.map(({ id, detail }) => [id, detail])).toEqual([
      [undefined, 'one'],
      [undefined, 'two'],
      [event.id, 'three'],
    ]);
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true, heads: [{ sequence: 3 }] });
  });
});

describe('the id of an event', () => {
  it('belongs to what the chain holds fast', async () => {
    const schema = database.newSchema();
    await using registry = await connect(schema);
    await registry.audit(eventOf('call.rejected', 'acme.scanner'));
    await database.sql(
      `begin; set local session_replication_role = replica;
       update ${schema}.audit_events set event_id = gen_random_uuid(); commit`,
    );
    expect(await registry.verifyAuditChain()).toMatchObject({
      faults: [{ sequence: 1, kind: 'altered' }],
    });
  });

  it('is taken once by the database itself', async () => {
    const schema = database.newSchema();
    await using registry = await connect(schema);
    await registry.audit(eventOf('call.rejected', 'acme.scanner'));
    const again = `insert into ${schema}.audit_events (host_id, event_id, sequence, event, at, actor, previous_hash, hash)
      select host_id, event_id, 2, event, at, actor, hash, hash from ${schema}.audit_events`;
    await expect(database.sql(again)).rejects.toMatchObject({ constraint: 'audit_events_by_event_id' });
  });
});

describe('the id of a registry', () => {
  it('is the same for all who connect to it, and that of no other', async () => {
    const [schema, elsewhere] = [database.newSchema(), database.newSchema()];
    await using one = await connect(schema);
    await using other = await connect(schema);
    await using another = await connect(elsewhere);
    expect(other.id).toBe(one.id);
    expect(another.id).not.toBe(one.id);
  });
});
