import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FleetMembership, PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { Pool } from 'pg';
import { announced, eventOf, given, operator } from '../src/contract/given.ts';
import { PostgresPluginRegistry, type PgPool } from '../src/postgres.ts';
import { openTestDatabase, type TestDatabase } from '@stellaops-tools/postgres';

/** A row for each host: few pages of the disk have those of a fleet. */
const small = new Set(['audit_chains', 'plugin_hosts']);
/** Those of one host; of a large part of a table it is cheaper to read it whole, and then the database does. */
const ownIds = Array.from({ length: 20 }, (_, index) => `acme.plugin-${index + 1}`);

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

let database: TestDatabase;
let pool: Pool;
let registry: PostgresPluginRegistry;
let membership: FleetMembership;
const statements: Statement[] = [];
const place = { hostId: 'host-0', version: '1.0.0' };
const incarnation = 'd15ea5ed-0000-4000-8000-000000000000';
beforeAll(async () => {
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.connectionString, max: 1 });
  pool.on('error', () => undefined);
  const schema = database.newSchema();
  registry = await PostgresPluginRegistry.connect({ pool: listening(pool), schema });
  await fill(schema);
  membership = await registry.join(announced(place.hostId));
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe('with twenty thousand plugins, ten thousand instances and twenty thousand events, no large table is read whole', () => {
  it.each<[string, (catalogue: PluginCatalogue) => Promise<unknown>]>([
    ['registers a plugin', (each) => each.register(...given('acme.new'))],
    ['registers a plugin that is known', (each) => each.register(...given('acme.plugin-7'))],
    ['adds a version', (each) => each.register(...given('acme.plugin-8', { version: '2.0.0' }))],
    [
      'records a status',
      (each) => each.recordStatus('acme.plugin-9', 'active', eventOf('plugin.activated', 'x')),
    ],
    [
      'records the state of an instance',
      (each) => each.recordStatus('acme.plugin-9', 'active', eventOf('plugin.activated', 'x'), place),
    ],
    [
      'records the end of an instance',
      (each) => each.recordStatus('acme.plugin-9', 'failed', eventOf('plugin.failed', 'x'), place),
    ],
    ['looks up a plugin', (each) => each.find('acme.plugin-9')],
    ['joins', (each) => each.join(announced('host-new'))],
    ['takes the place of another', (each) => each.join(announced('host-3', { replaces: incarnation }))],
    ['gives a heartbeat', () => membership.heartbeat()],
    [
      'reports its instances',
      () => membership.report(ownIds.map((pluginId) => ({ pluginId, version: '1.0.0', state: 'active' }))),
    ],
    ['looks who has its id', (each) => each.hosts('host-7')],
    ['looks what operators want of a plugin', (each) => each.desiredStates(['acme.plugin-7'])],
    ['looks what operators want of its plugins', (each) => each.desiredStates(ownIds)],
    ['leaves', () => membership.leave()],
    ['writes an event', (each) => each.audit(eventOf('call.rejected', 'acme.plugin-9'))],
    ['disables a plugin', (each) => each.disable('acme.plugin-9', operator)],
    ['pins a plugin', (each) => each.pin('acme.plugin-9', '1.0.0', operator)],
    ['removes a plugin', (each) => each.remove('acme.plugin-9', operator)],
    ['lists a page', (each) => each.list({ after: 'acme.plugin-2', limit: 5 })],
    ['finds by capability', (each) => each.list({ capability: { id: 'Rare' }, limit: 50 })],
    ['tells the health of a plugin', (each) => each.health('acme.plugin-7')],
    ['tells the trail of a plugin', (each) => each.auditTrail({ pluginId: 'acme.plugin-7' })],
    ['tells the trail of an actor', (each) => each.auditTrail({ actor: 'user:rare' })],
    ['tells the trail of one event', (each) => each.auditTrail({ event: 'plugin.quarantined' })],
    [
      'tells the trail of an hour',
      (each) => each.auditTrail({ from: new Date(0), until: new Date(3_600_000) }),
    ],
    ['tells a page of the trail', (each) => each.auditTrail({ after: 10_000, limit: 100 })],
  ])('when a host or an operator %s', async (_, call) => {
    statements.length = 0;
    await call(registry);
    const asked = statements.filter(({ text }) => /^(select|insert|update|delete|with)/.test(text));
    expect(asked.length).toBeGreaterThan(0);
    for (const { text, values } of asked) {
      const { rows } = await pool.query(`explain (format json) ${text}`, [...values]);
      const whole = [...JSON.stringify(rows).matchAll(/"Seq Scan".*?"Relation Name":"(\w+)"/g)].map(
        ([, table]) => table,
      );
      expect({ text, whole: whole.filter((table) => !small.has(String(table))) }).toEqual({
        text,
        whole: [],
      });
    }
  });
});

/** A pool that notes what is asked of it. */
function listening(from: Pool): PgPool {
  return {
    connect: async () => {
      const client = await from.connect();
      return {
        query: (text, values) => {
          statements.push({ text, values });
          return client.query(text, values);
        },
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
        release: (destroy) => client.release(destroy),
      };
    },
  };
}

async function fill(schema: string): Promise<void> {
  const hash = given('x')[0].digest;
  await database.sql(`
    insert into ${schema}.plugins
      select 'acme.plugin-' || n, 'A plugin', 'untrusted', 'active', null, to_timestamp(n) from generate_series(1, 20000) n;
    insert into ${schema}.plugin_versions (plugin_id, version, assembly_hash, published_at, manifest)
      select id, '1.0.0', '${hash}', registered_at, '{}' from ${schema}.plugins;
    insert into ${schema}.plugin_capabilities
      select id, 'provides', case when id = 7 then 'Rare' else 'Common' end, 1, null from ${schema}.plugin_versions;
    insert into ${schema}.plugin_desired_states (plugin_id, pinned_version)
      select id, '1.0.0' from ${schema}.plugins where id < 'acme.plugin-3';
    insert into ${schema}.plugin_hosts
      select 'host-' || n, '${incarnation}', 'a machine', n, 'boot/1.2.3', now(), now(), 600000 from generate_series(1, 50) n;
    insert into ${schema}.plugin_instances
      select 'host-' || h, 'acme.plugin-' || n, '1.0.0', 'active', now(), null, null
      from generate_series(1, 50) h, generate_series(1, case h when 3 then 20 else 200 end) n;
    insert into ${schema}.audit_chains select 'host-' || n, 400, '${hash}' from generate_series(1, 50) n;
    insert into ${schema}.audit_events (host_id, sequence, event, at, actor, plugin_id, previous_hash, hash)
      select 'host-' || 1 + n % 50, 1 + n / 50, case when n % 4 = 0 then 'plugin.activated' else 'call.rejected' end,
        to_timestamp(n * 60), 'service:common', 'acme.plugin-' || 1 + n % 20000, '${hash}', '${hash}'
      from generate_series(0, 19999) n`);
  await database.sql('analyze');
}
