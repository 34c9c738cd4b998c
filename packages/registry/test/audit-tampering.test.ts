import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditAnchor } from '@stellaops/plugin-abstractions/hosting';
import { chainStart, linkHash, nextLink } from '../src/audit/audit-chain.ts';
import { toRecord } from '../src/audit/event-record.ts';
import { eventOf } from '../src/contract/given.ts';
import { PostgresPluginRegistry } from '../src/postgres.ts';
import { openTestDatabase, type TestDatabase } from '@stellaops-tools/postgres';

let database: TestDatabase;
let schema: string;
let registry: PostgresPluginRegistry;
beforeAll(async () => {
  database = await openTestDatabase();
  schema = database.newSchema();
  const { connectionString } = database;
  registry = await PostgresPluginRegistry.connect({ connectionString, schema });
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A trail of five events of host-1 and two of host-2. */
async function writtenTrail() {
  await database.empty(schema);
  for (const hostId of ['host-1', 'host-1', 'host-2', 'host-1', 'host-2', 'host-1', 'host-1'])
    await registry.audit(eventOf('call.rejected', 'acme.scanner', { hostId, detail: 'as written' }));
  const { isIntact, heads } = await registry.verifyAuditChain();
  expect(isIntact).toBe(true);
  return {
    heads,
    /** Plain SQL, by somebody who may take triggers away. `$` stands for the schema. */
    tamper: (statement: string) =>
      database.sql(
        `begin; set local session_replication_role = replica; ${statement.replaceAll('$', schema)}; commit`,
      ),
    sql: (statement: string, values?: readonly unknown[]) =>
      database.sql(statement.replaceAll(/\$(?!\d)/g, schema), values),
    faults: async (anchors?: readonly AuditAnchor[]) => (await registry.verifyAuditChain(anchors)).faults,
  };
}

const event3 = `host_id = 'host-1' and sequence = 3`;
const row = `host_id, event, at, actor, plugin_id, version, detail`;
const forgery = (sequence: number, previousHash: string, hash: string, hostId = 'host-1') =>
  `insert into $.audit_events (host_id, sequence, event, at, actor, previous_hash, hash)
     values ('${hostId}', ${sequence}, 'call.rejected', now(), 'eve', '${previousHash}', '${hash}')`;
const noise = 'e'.repeat(64);

describe('the audit trail', () => {
  it.each([
    ['changes', `update $.audit_events set actor = 'nobody'`],
    ['deletes', 'delete from $.audit_events'],
    ['deletes nothing of', 'delete from $.audit_events where false'],
    ['truncates', 'truncate $.audit_events'],
  ])('refuses whoever %s it', async (_, statement) => {
    const trail = await writtenTrail();
    await expect(trail.sql(statement)).rejects.toThrow('the audit trail is append-only');
    expect(await trail.faults()).toEqual([]);
  });
});

describe('verifyAuditChain()', () => {
  it.each([
    ['the actor', `actor = 'somebody'`],
    ['the time', `at = at + interval '1 millisecond'`],
    ['the time, to one that JavaScript has not', `at = 'infinity'`],
    ['the event', `event = 'plugin.activated'`],
    ['the plugin', 'plugin_id = null'],
    ['the detail', `detail = 'as written '`],
    ['the version', `version = '1.0.1'`],
    ['the tier', `trust_level = 'builtIn'`],
    ['the capability', `capability = ''`],
    ['the code', `code = 'CALL_FAILED'`],
    ['the evidence', `evidence = '{"crash":null}'`],
    ['the hash', `hash = '${noise}'`],
    ['the hash before', `previous_hash = '${noise}'`],
  ])('finds and names an event of which %s was altered', async (_, change) => {
    const trail = await writtenTrail();
    await trail.tamper(`update $.audit_events set ${change} where ${event3}`);
    expect(await trail.faults()).toEqual([
      { hostId: 'host-1', sequence: 3, kind: 'altered', problem: expect.any(String) },
    ]);
  });

  it('finds an event that was altered and given the right hash', async () => {
    const trail = await writtenTrail();
    const [known] = await trail.sql(`select event_id, previous_hash from $.audit_events where ${event3}`);
    const at = new Date(7);
    const id = String(known?.['event_id']);
    const record = toRecord({ id, event: 'call.rejected', at, actor: 'eve', hostId: 'host-1' });
    const hash = linkHash(String(known?.['previous_hash']), record);
    await trail.tamper(
      `update $.audit_events set actor = 'eve', at = '${at.toISOString()}', plugin_id = null, version = null, detail = null,
         hash = '${hash}' where ${event3}`,
    );
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', sequence: 3, kind: 'altered' }]);
  });

  it.each([
    ['first', 'sequence = 1', 1],
    ['third', 'sequence = 3', 3],
    ['last', 'sequence = 5', 5],
    ['last three', 'sequence > 2', 3],
    ['only five', 'true', 1],
  ])('finds that the %s of a host are missing', async (_, which, sequence) => {
    const trail = await writtenTrail();
    await trail.tamper(`delete from $.audit_events where host_id = 'host-1' and ${which}`);
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', sequence, kind: 'missing' }]);
  });

  it('finds that one is missing where the others were given new numbers', async () => {
    const trail = await writtenTrail();
    await trail.tamper(
      `delete from $.audit_events where ${event3};
       update $.audit_events set sequence = sequence - 1 where host_id = 'host-1' and sequence = 4;
       update $.audit_events set sequence = sequence - 1 where host_id = 'host-1' and sequence = 5;
       update $.audit_chains set length = 4 where host_id = 'host-1'`,
    );
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', sequence: 2, kind: 'altered' }]);
  });

  it('finds one that was put in behind the last', async () => {
    const trail = await writtenTrail();
    await trail.tamper(forgery(6, trail.heads[0]?.hash ?? '', noise));
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', sequence: 6, kind: 'inserted' }]);
  });

  it('finds one that was put in between two, which were given new numbers', async () => {
    const trail = await writtenTrail();
    const [before] = await trail.sql(
      `select hash from $.audit_events where host_id = 'host-1' and sequence = 2`,
    );
    const at = new Date(7);
    const previousHash = String(before?.['hash']);
    const record = { event: 'call.rejected', at: at.toISOString(), actor: 'eve', hostId: 'host-1' };
    const hash = linkHash(previousHash, record);
    await trail.tamper(
      `update $.audit_events set sequence = sequence + 10 where host_id = 'host-1' and sequence > 2;
       update $.audit_events set sequence = sequence - 9 where host_id = 'host-1' and sequence > 10;
       ${forgery(3, previousHash, hash).replace('now()', `'${at.toISOString()}'`)};
       update $.audit_chains set length = 6 where host_id = 'host-1'`,
    );
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', sequence: 3, kind: 'inserted' }]);
  });

  it('finds a whole chain that was put in', async () => {
    const trail = await writtenTrail();
    await trail.tamper(forgery(1, chainStart, noise, 'host-3'));
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-3', sequence: 1, kind: 'inserted' }]);
  });

  it('finds two that have changed places', async () => {
    const trail = await writtenTrail();
    await trail.tamper(
      `update $.audit_events set sequence = 99 where ${event3};
       update $.audit_events set sequence = 3 where host_id = 'host-1' and sequence = 4;
       update $.audit_events set sequence = 4 where host_id = 'host-1' and sequence = 99`,
    );
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', kind: 'altered' }]);
  });

  it('finds that an event was moved to another host', async () => {
    const trail = await writtenTrail();
    await trail.tamper(
      `update $.audit_events set host_id = 'host-2', sequence = 3 where host_id = 'host-1' and sequence = 5`,
    );
    expect(await trail.faults()).toMatchObject([
      { hostId: 'host-1', sequence: 5, kind: 'missing' },
      { hostId: 'host-2', sequence: 3, kind: 'inserted' },
    ]);
  });

  it('tells the first fault of each chain', async () => {
    const trail = await writtenTrail();
    await trail.tamper(`update $.audit_events set actor = 'eve' where sequence >= 2`);
    expect(await trail.faults()).toMatchObject([
      { hostId: 'host-1', sequence: 2, kind: 'altered' },
      { hostId: 'host-2', sequence: 2, kind: 'altered' },
    ]);
  });

  it('finds by heads that were noted elsewhere that a whole chain is gone', async () => {
    const trail = await writtenTrail();
    await trail.tamper(
      `delete from $.audit_events where host_id = 'host-2'; delete from $.audit_chains where host_id = 'host-2'`,
    );
    expect(await trail.faults()).toEqual([]);
    expect(await trail.faults(trail.heads)).toMatchObject([
      { hostId: 'host-2', sequence: 1, kind: 'missing' },
    ]);
  });

  it('finds one that was put in beside another of its number', async () => {
    const trail = await writtenTrail();
    await trail.tamper(
      `alter table $.audit_events drop constraint audit_events_sequence;
       insert into $.audit_events (${row}, sequence, previous_hash, hash)
         select ${row}, sequence, previous_hash, hash from $.audit_events where ${event3}`,
    );
    try {
      expect(await trail.faults()).toMatchObject([{ hostId: 'host-1', sequence: 3, kind: 'inserted' }]);
    } finally {
      await database.empty(schema);
      await trail.sql(
        'alter table $.audit_events add constraint audit_events_sequence unique (host_id, sequence)',
      );
    }
  });

  it('reads a chain that is longer than what it reads at once, to its end', async () => {
    const trail = await writtenTrail();
    const links = [];
    let head = { sequence: 0, hash: chainStart };
    for (let count = 0; count < 2500; count++) {
      const at = new Date(count);
      const link = nextLink(head, {
        event: 'call.rejected',
        at: at.toISOString(),
        actor: 'ada',
        hostId: 'host-3',
      });
      links.push({ ...link, at, previous_hash: link.previousHash });
      head = link;
    }
    await trail.sql(`insert into $.audit_chains values ('host-3', 2500, '${head.hash}')`);
    await trail.sql(
      `insert into $.audit_events (host_id, sequence, event, at, actor, previous_hash, hash)
         select 'host-3', sequence, 'call.rejected', at, 'ada', previous_hash, hash
         from json_to_recordset($1) as links (sequence bigint, at timestamptz, previous_hash text, hash text)`,
      [JSON.stringify(links)],
    );
    expect(await trail.faults()).toEqual([]);
    await trail.tamper(
      `update $.audit_events set actor = 'eve' where host_id = 'host-3' and sequence = 2400`,
    );
    expect(await trail.faults()).toMatchObject([{ hostId: 'host-3', sequence: 2400, kind: 'altered' }]);
  });
});
