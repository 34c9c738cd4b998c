import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresPluginRegistry } from '@stellaops/plugin-registry/postgres';
import { openTestDatabase, type TestDatabase } from '@stellaops-tools/postgres';
import { operator } from './fleet-host.ts';
import { until } from '../until.ts';

const program = fileURLToPath(new URL('../programs/fleet-host.ts', import.meta.url));
const anHourMs = 3_600_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** A registry of a fleet, and a way to start hosts of it. */
async function startFleet() {
  const { connectionString } = database;
  const schema = database.newSchema();
  const registry = await PostgresPluginRegistry.connect({ connectionString, schema });
  const ends: (() => Promise<void>)[] = [];
  return {
    registry,
    start: async (hostId: string, aheadMs = 0) => {
      const args = [program, connectionString, schema, hostId, String(aheadMs)];
      const host = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const closed = once(host, 'close');
      const said: string[] = [];
      createInterface(host.stdout).on('line', (line) => said.push(line));
      const kill = async (): Promise<void> => {
        host.kill('SIGKILL');
        await closed;
      };
      ends.push(kill);
      const says = async (line: string): Promise<void> => {
        while (!said.includes(line)) {
          if (host.exitCode !== null) throw new Error(`${hostId} ended, and said ${said.join(', ')}`);
          await setTimeout(5);
        }
      };
      await says('ready');
      const stop = async (): Promise<void> => {
        host.stdin.end();
        await closed;
      };
      return { kill, says, stop };
    },
    [Symbol.asyncDispose]: async () => {
      for (const end of ends) await end();
      await registry[Symbol.asyncDispose]();
    },
  };
}

describe('a fleet of processes', () => {
  it('stops a plugin on every host that operators quarantine, and starts it again', async () => {
    await using fleet = await startFleet();
    const { registry } = fleet;
    const hosts = await Promise.all(['host-1', 'host-2', 'host-3'].map((hostId) => fleet.start(hostId)));
    expect((await registry.find('test.one'))?.versions).toHaveLength(1);
    expect(await registry.auditTrail({ event: 'plugin.registered' })).toHaveLength(2);
    await registry.quarantine('test.one', operator);
    await Promise.all(hosts.map((host) => host.says('stopped test.one')));
    await until(async () =>
      (await registry.health('test.one')).hosts.every(({ state }) => state === 'shutdown'),
    );
    expect(await registry.find('test.one')).toMatchObject({ status: 'shutdown' });
    expect(await registry.health('test.two')).toMatchObject({ isActive: true });
    await registry.enable('test.one', operator);
    await until(async () =>
      (await registry.health('test.one')).hosts.every(({ state }) => state === 'active'),
    );
    for (const host of hosts) await host.stop();
    expect(await registry.hosts()).toEqual([]);
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true });
  });

  it('shows a host that was killed as lost, until another takes its place', async () => {
    await using fleet = await startFleet();
    const { registry } = fleet;
    const killed = await fleet.start('host-1');
    await killed.kill();
    await until(async () => (await registry.hosts())[0]?.state === 'lost');
    const [lost] = await registry.hosts();
    expect(lost?.since.getTime()).toBe((lost?.lastHeartbeatAt.getTime() ?? 0) + 2_000);
    expect(lost?.instances).toMatchObject([
      { pluginId: 'test.one', state: 'active' },
      { pluginId: 'test.two' },
    ]);
    expect(await registry.find('test.one')).toMatchObject({ status: 'failed' });
    expect(await registry.health('test.one')).toMatchObject({
      isActive: false,
      problem: `host-1, which is lost since ${lost?.since.toISOString()}, had it in active`,
    });
    await fleet.start('host-2');
    expect(await registry.find('test.one')).toMatchObject({ status: 'active' });
    await fleet.start('host-1');
    expect((await registry.hosts()).map(({ hostId, state }) => [hostId, state])).toEqual([
      ['host-1', 'live'],
      ['host-2', 'live'],
    ]);
  });

  it('lets a host take the place at once of one of its id that was killed on the same machine', async () => {
    await using fleet = await startFleet();
    const { registry } = fleet;
    const killed = await fleet.start('host-1');
    const [before] = await registry.hosts();
    await killed.kill();
    await fleet.start('host-1');
    const [after] = await registry.hosts();
    expect(after).toMatchObject({ state: 'live', instances: [{ state: 'active' }, { state: 'active' }] });
    expect(after?.incarnation).not.toBe(before?.incarnation);
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true });
  });

  it('judges by the clock of the database, whatever the clocks of hosts say', async () => {
    await using fleet = await startFleet();
    const { registry } = fleet;
    await Promise.all([fleet.start('host-ahead', 24 * anHourMs), fleet.start('host-behind', -24 * anHourMs)]);
    const heartbeats = async () => (await registry.hosts()).map((host) => host.lastHeartbeatAt.getTime());
    const first = await heartbeats();
    await until(async () => (await heartbeats()).every((beat, index) => beat !== first[index]));
    for (const { state, since, instances } of await registry.hosts()) {
      expect(state).toBe('live');
      for (const time of [since, ...instances.map((instance) => instance.since)])
        expect(Math.abs(time.getTime() - Date.now())).toBeLessThan(anHourMs);
    }
    const said = await registry.auditTrail({ event: 'plugin.activated', hostId: 'host-behind' });
    expect(said[0]?.at.getTime()).toBeLessThan(Date.now() - 23 * anHourMs);
  });
});
