import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresPluginRegistry } from '../src/postgres.ts';
import { announced, given, operator } from '../src/contract/given.ts';
import { openTestDatabase } from '@stellaops-tools/postgres';

const database = await openTestDatabase();
afterAll(async () => await database[Symbol.asyncDispose]());

const connect = (schema: string) =>
  PostgresPluginRegistry.connect({ connectionString: database.connectionString, schema });

describe('the user of a host', () => {
  it('needs no right to change tables, nor what stands in the audit trail', async () => {
    const schema = database.newSchema();
    await (await connect(schema))[Symbol.asyncDispose]();
    const role = `${schema}_host`;
    await database.sql(`
      create role ${role};
      grant usage on schema ${schema} to ${role};
      grant select on all tables in schema ${schema} to ${role};
      grant insert, update, delete on ${schema}.plugins, ${schema}.plugin_versions, ${schema}.plugin_capabilities,
        ${schema}.plugin_desired_states, ${schema}.plugin_hosts, ${schema}.plugin_instances to ${role};
      grant insert, update on ${schema}.audit_chains to ${role};
      grant insert on ${schema}.audit_events to ${role}`);
    try {
      const url = new URL(database.connectionString);
      url.searchParams.set('options', `-c role=${role}`);
      await using registry = await PostgresPluginRegistry.connect({ connectionString: url.href, schema });
      await registry.register(...given('acme.scanner'));
      const membership = await registry.join(announced('host-1'));
      await membership.report([{ pluginId: 'acme.scanner', version: '1.0.0', state: 'active' }]);
      expect(await membership.heartbeat()).toBe(true);
      await membership.leave();
      await registry.quarantine('acme.scanner', operator);
      await registry.remove('acme.scanner', operator);
      expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true });
      for (const change of ['update', 'delete', 'truncate']) {
        const granted = `select has_table_privilege('${role}', '${schema}.audit_events', '${change}') as granted`;
        expect(await database.sql(granted)).toEqual([{ granted: false }]);
      }
    } finally {
      await database.sql(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe('the database itself', () => {
  let schema: string;
  let registry: PostgresPluginRegistry;
  beforeAll(async () => {
    schema = database.newSchema();
    registry = await connect(schema);
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  it.each([
    ['a trust level that does not exist', `update $.plugins set trust_level = 'root'`, 'plugins_trust_level'],
    ['a status that does not exist', `update $.plugins set status = 'napping'`, 'plugins_status'],
    [
      'a digest that is none',
      `update $.plugin_versions set assembly_hash = 'd1'`,
      'plugin_versions_assembly_hash',
    ],
    [
      'a version twice',
      `insert into $.plugin_versions (plugin_id, version, assembly_hash, published_at, manifest)
         select plugin_id, version, assembly_hash, published_at, manifest from $.plugin_versions`,
      'plugin_versions_version',
    ],
    [
      'a pin on a version that is not there',
      `insert into $.plugin_desired_states (plugin_id, pinned_version) values ('acme.scanner', '9.9.9')`,
      'plugin_desired_states_pinned_version',
    ],
    [
      'a restriction of nobody',
      `insert into $.plugin_desired_states (plugin_id, restriction) values ('acme.scanner', 'disabled')`,
      'plugin_desired_states_restricted',
    ],
    [
      'a capability of no version',
      `insert into $.plugin_capabilities values (999, 'provides', 'CanScan', 1)`,
      'plugin_capabilities_plugin_version_id_fkey',
    ],
    [
      'a host that is lost at once',
      `update $.plugin_hosts set lost_after_ms = 0`,
      'plugin_hosts_lost_after_ms',
    ],
    [
      'an instance on no host',
      `insert into $.plugin_instances values ('host-9', 'acme.scanner', '1.0.0', 'active', now())`,
      'plugin_instances_host_id_fkey',
    ],
    [
      'an instance of no version',
      `insert into $.plugin_instances values ('host-1', 'acme.scanner', '9.9.9', 'active', now())`,
      'plugin_instances_version',
    ],
    [
      'an instance in a state that does not exist',
      `insert into $.plugin_instances values ('host-1', 'acme.scanner', '1.0.0', 'napping', now())`,
      'plugin_instances_state',
    ],
    [
      'two instances of a plugin on one host',
      `insert into $.plugin_instances select 'host-1', 'acme.scanner', '1.0.0', 'active', now() from generate_series(1, 2)`,
      'plugin_instances_pkey',
    ],
  ])('refuses %s', async (_, statement, constraint) => {
    await database.empty(schema);
    await registry.register(...given('acme.scanner'));
    await registry.join(announced('host-1'));
    await expect(database.sql(statement.replaceAll('$', schema))).rejects.toMatchObject({ constraint });
  });
});
