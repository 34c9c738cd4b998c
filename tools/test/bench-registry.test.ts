import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PostgresPluginRegistry } from '../../packages/registry/src/postgres.ts';
import { makeDurablePostgres } from '../postgres/src/durable-postgres.ts';
import { makeStateDirectory } from '../bench/programs/echo-host.ts';
import { fillTrail } from '../bench/sections/audit/fill-trail.ts';
import { startSubject } from '../bench/subjects/subject.ts';
import { programCommand } from '../bench/subjects/subjects.ts';

describe('what the bench does with a registry', () => {
  it('makes a trail long with events that verify like those that were appended', async () => {
    await using server = makeDurablePostgres();
    await server.start();
    const args = ['postgres', server.connectionString];
    await using trail = await startSubject(programCommand('audit-trail.ts', args));
    await trail.measure({ measure: 'append', from: 0, count: 16 });
    await fillTrail(server, 16, 40);
    await trail.measure({ measure: 'append', from: 56, count: 8 });
    expect(await trail.measure({ measure: 'verify' })).toMatchObject({ events: 64 });
    await server.sql(`set session_replication_role = replica;
      update plugin_registry.audit_events set detail = 'another' where detail like 'event 20 %'`);
    expect(await trail.measure({ measure: 'verify' })).toMatchObject({ events: 0 });
  });

  it('is told by every host of a fleet when a plugin was stopped', async () => {
    await using server = makeDurablePostgres(['max_connections=30']);
    await server.start();
    const { connectionString } = server;
    await using state = await makeStateDirectory();
    const folder = state.path;
    await using one = await startSubject(fleetHost(connectionString, folder, 'one'));
    await using other = await startSubject(fleetHost(connectionString, folder, 'other'));
    for (const host of [one, other])
      expect(await host.measure({ measure: 'start' })).toMatchObject({ active: 2 });
    const stops = [one, other].map((host) =>
      host.measure({ measure: 'stopped', pluginId: 'bench.plugin-1' }),
    );
    await using registry = await PostgresPluginRegistry.connect({ connectionString });
    await registry.quarantine('bench.plugin-1', { actor: 'user:ada', hostId: 'console' });
    const stopped = { at: expect.any(Number) };
    await expect(Promise.all(stops)).resolves.toEqual([stopped, stopped]);
  });
});

function fleetHost(connectionString: string, folder: string, hostId: string): readonly string[] {
  return programCommand('fleet-host.ts', [connectionString, hostId, join(folder, hostId), '2']);
}
