import { afterAll, describe, expect, it } from '@jest/globals';
import { chainStart, nextLink } from '../src/audit/audit-chain.ts';
import { announced, eventOf, given, operator } from '../src/contract/given.ts';
import { migrationSql, PostgresPluginRegistry } from '../src/postgres.ts';
import { openTestDatabase } from '@stellaops-tools/postgres';

const earlier = Object.keys(await migrationSql('any')).slice(0, -1);
const at = '2026-01-02T03:04:05.678Z';

const database = await openTestDatabase();
afterAll(async () => await database[Symbol.asyncDispose]());

/** A schema as the hosts of an earlier version have left it. */
async function filled(last: string): Promise<string> {
  const schema = database.newSchema();
  for (const [name, text] of Object.entries(await migrationSql(schema)))
    if (name <= last) await database.sql(text);
  const [{ manifest, digest }] = given('acme.scanner');
  await database.sql(`
    insert into ${schema}.plugins values
      ('acme.scanner', 'Scanner', 'trusted', 'active', '{"depth":3}', '${at}'),
      ('acme.held', 'Held', 'untrusted', 'failed', null, '${at}');
    insert into ${schema}.plugin_versions (plugin_id, version, assembly_hash, published_at, manifest) values
      ('acme.scanner', '1.0.0', '${digest}', '${at}', '${JSON.stringify(manifest)}'),
      ('acme.scanner', '2.0.0', '${digest}', '${at}', '${JSON.stringify({ ...manifest, version: '2.0.0' })}');
    insert into ${schema}.plugin_capabilities select id, 'provides', 'CanScan', 1, null from ${schema}.plugin_versions;
    insert into ${schema}.plugin_desired_states values
      ('acme.scanner', '1.0.0', null, null, null, null),
      ('acme.held', null, 'quarantined', '${at}', 'user:ada', 'ticket 7')`);
  const record = {
    event: 'plugin.activated',
    at,
    actor: 'service:test',
    hostId: 'host-1',
    pluginId: 'acme.scanner',
  };
  const link = nextLink({ sequence: 0, hash: chainStart }, record);
  await database.sql(`
    insert into ${schema}.audit_chains values ('host-1', 1, '${link.hash}');
    insert into ${schema}.audit_events (host_id, sequence, event, at, actor, plugin_id, previous_hash, hash)
      values ('host-1', 1, 'plugin.activated', '${at}', 'service:test', 'acme.scanner', '${chainStart}', '${link.hash}')`);
  return schema;
}

describe.each(earlier)('a catalogue that hosts of %s have filled', (last) => {
  it('has everything after it was brought up to date, and goes on', async () => {
    const schema = await filled(last);
    const { connectionString } = database;
    await using registry = await PostgresPluginRegistry.connect({ connectionString, schema });
    const [registration, event] = given('acme.scanner', { trustLevel: 'trusted' });
    expect(await registry.register(registration, event)).toMatchObject({
      status: 'active',
      config: { depth: 3 },
      registeredAt: new Date(at),
      versions: [{ version: '1.0.0', manifest: registration.manifest }, { version: '2.0.0' }],
      pinnedVersion: '1.0.0',
    });
    const restriction = { kind: 'quarantined', since: new Date(at), actor: 'user:ada', reason: 'ticket 7' };
    expect(await registry.find('acme.held')).toMatchObject({ restriction });
    expect(await registry.list({ capability: { id: 'CanScan' } })).toHaveLength(1);
    expect(await registry.auditTrail()).toMatchObject([{ event: 'plugin.activated', at: new Date(at) }]);

    await registry.join(announced('host-1'));
    const place = { hostId: 'host-1', version: '1.0.0' };
    await registry.recordStatus('acme.scanner', 'active', eventOf('plugin.activated', 'acme.scanner'), place);
    expect(await registry.health('acme.scanner')).toMatchObject({
      isActive: true,
      hosts: [{ hostId: 'host-1' }],
    });
    await registry.enable('acme.held', operator);
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true, heads: [{}, { sequence: 2 }] });
  });
});
