import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { fakePlugin } from '../../src/index.ts';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { startHost, statusOf } from './start-host.ts';
import { startTeam, Team, teamId } from './team-host.ts';

const restart = { maxRestarts: 1, firstDelayMs: 1 };

describe('a plugin with several instances', () => {
  it('is active when all have started, and is one plugin', async () => {
    await using team = await startTeam({ instances: 3 });
    expect(new Set(team.record.started)).toEqual(new Set([1, 2, 3]));
    expect(team.host.plugins()).toMatchObject([
      { id: teamId, state: 'active', instances: { wanted: 3, running: 3 } },
    ]);
    expect(team.host.resolveAll(Team)).toHaveLength(1);
    expect(team.host.health().status).toBe('healthy');
  });

  it('gives its calls to them in turn while all are as busy', async () => {
    await using team = await startTeam({ instances: 3 });
    const { who } = team.host.resolve(Team);
    const answers: number[] = [];
    for (let call = 0; call < 6; call++) answers.push(await who(null));
    expect(new Set(answers.slice(0, 3))).toEqual(new Set([1, 2, 3]));
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
  });

  it('gives a call to the one with the fewest in flight', async () => {
    await using team = await startTeam();
    const { hold, who } = team.host.resolve(Team);
    const held = hold(null);
    await until(() => team.record.holding.length === 1);
    const [busy] = team.record.holding;
    for (let call = 0; call < 3; call++) await expect(who(null)).resolves.not.toBe(busy);
    const others = [hold(null), hold(null)];
    await until(() => team.record.holding.length === 3);
    team.record.open();
    await expect(held).resolves.toBe(busy);
    const answers = await Promise.all(others);
    expect(new Set(answers)).toEqual(new Set([1, 2]));
  });

  it('has a stream stay with the one that began it, which is as busy as with a call', async () => {
    await using team = await startTeam();
    const { follow, who } = team.host.resolve(Team);
    const stream = follow(null)[Symbol.asyncIterator]();
    const { value: first } = await stream.next();
    for (let call = 0; call < 3; call++) await expect(who(null)).resolves.not.toBe(first);
    team.record.open();
    await expect(stream.next()).resolves.toMatchObject({ value: first });
    await expect(stream.next()).resolves.toMatchObject({ done: true });
    const answers = [await who(null), await who(null)];
    expect(new Set(answers)).toEqual(new Set([1, 2]));
  });

  it('has the bound of calls for each of them', async () => {
    await using team = await startTeam({ calls: { maxConcurrent: 1 } });
    const { hold, who } = team.host.resolve(Team);
    const held = [hold(null), hold(null)];
    await until(() => team.record.holding.length === 2);
    const waiting = who(null);
    expect((await team.host.inspect()).plugins[0]?.calls).toMatchObject({ inFlight: 2, queued: 1 });
    expect(new Set(team.record.holding)).toEqual(new Set([1, 2]));
    team.record.open();
    await Promise.all([...held, waiting]);
  });

  it('fails when one of them does not start, and leaves none', async () => {
    await using team = await startTeam({ failing: 2 });
    expect(statusOf(team.host, teamId)).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_FAILED' },
    });
    expect(statusOf(team.host, teamId)).not.toHaveProperty('instances');
    expect(team.sandboxes.running).toBe(0);
  });

  it('has all of them stop with the host', async () => {
    const team = await startTeam();
    await team[Symbol.asyncDispose]();
    expect(new Set(team.record.stopped)).toEqual(new Set([1, 2]));
  });
});

describe('an instance that ends by itself', () => {
  it('fails the calls that it had, and the others go on', async () => {
    await using team = await startTeam();
    const { hold, who } = team.host.resolve(Team);
    const held = [hold(null), hold(null)];
    const settled = Promise.allSettled(held);
    await until(() => team.record.holding.length === 2);
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).instances?.running === 1);
    await expect(who(null)).resolves.toBe(await who(null));
    expect(team.host.isActive(teamId)).toBe(true);
    expect(team.host.health()).toMatchObject({ status: 'degraded' });
    expect(statusOf(team.host, teamId)).toMatchObject({ crash: { cause: 'crashed', callsInFlightCount: 1 } });
    expect(statusOf(team.host, teamId)).not.toHaveProperty('restartAt');
    const messages = team.logger.lines.map(({ message }) => message);
    expect(messages).toContain('a sandbox of the plugin has ended, and the others go on');
    team.record.open();
    const outcomes = (await settled).map((one) =>
      one.status === 'rejected' ? (one.reason as { code: string }).code : one.status,
    );
    expect(outcomes.toSorted()).toEqual(['SANDBOX_EXITED', 'fulfilled']);
  });

  it('stands in the audit trail with its reason, and the plugin stays active there', async () => {
    const registry = new InMemoryPluginRegistry();
    await using team = await startTeam({ registry });
    team.sandbox.crash(teamId);
    await until(async () => (await registry.auditTrail({ event: 'plugin.instanceLost' })).length === 1);
    expect(await registry.auditTrail({ event: 'plugin.instanceLost' })).toMatchObject([
      { pluginId: teamId, version: '1.0.0', code: 'SANDBOX_EXITED', crash: { cause: 'crashed' } },
    ]);
    expect(await registry.find(teamId)).toMatchObject({ status: 'active' });
  });

  it('takes its places for calls along', async () => {
    await using team = await startTeam({ calls: { maxConcurrent: 1 } });
    const { hold, who } = team.host.resolve(Team);
    const lost = Promise.allSettled([hold(null), hold(null)]);
    await until(() => team.record.holding.length === 2);
    const waiting = who(null);
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).instances?.running === 1);
    expect((await team.host.inspect()).plugins[0]?.calls).toMatchObject({ inFlight: 1, queued: 1 });
    team.record.open();
    await lost;
    await expect(waiting).resolves.toEqual(expect.any(Number));
  });

  it('is the end of the plugin when it is the last', async () => {
    await using team = await startTeam();
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).instances?.running === 1);
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).state === 'failed');
    expect(statusOf(team.host, teamId)).toMatchObject({ error: { code: 'SANDBOX_EXITED' } });
    await expect(team.host.whenActive(teamId)).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
  });

  it('is replaced by the restart policy, and whoever holds the handle need not know', async () => {
    await using team = await startTeam({ restart });
    const { who } = team.host.resolve(Team);
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).restarts === 1);
    await until(() => statusOf(team.host, teamId).instances?.running === 2);
    expect(team.record.started).toContain(3);
    const answers = [await who(null), await who(null)];
    expect(answers).toContain(3);
    expect(new Set(answers).size).toBe(2);
    expect(team.host.health().status).toBe('healthy');
  });

  it('is not replaced more often than the policy allows, and the others go on', async () => {
    await using team = await startTeam({ restart });
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).restarts === 1);
    await until(() => statusOf(team.host, teamId).instances?.running === 2);
    team.sandbox.crash(teamId);
    await until(() =>
      team.logger.lines.some(({ message }) => message.startsWith('a sandbox of the plugin is not replaced')),
    );
    expect(statusOf(team.host, teamId)).toMatchObject({
      state: 'active',
      restarts: 1,
      instances: { running: 1 },
    });
    await expect(team.host.resolve(Team).who(null)).resolves.toEqual(expect.any(Number));
  });

  it('is tried to be replaced again when its substitute does not start', async () => {
    await using team = await startTeam({ restart: { maxRestarts: 2, firstDelayMs: 1 } });
    team.record.failing = 3;
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).restarts === 2);
    await until(() => statusOf(team.host, teamId).instances?.running === 2);
    expect(team.record.started).not.toContain(3);
    expect(team.record.started).toContain(4);
    const messages = team.logger.lines.map(({ message }) => message);
    expect(messages).toContain('a sandbox of the plugin that had ended could not be replaced');
  });

  it('is not replaced when the host was stopped in the meantime', async () => {
    const team = await startTeam({ restart: { firstDelayMs: 60_000 } });
    team.sandbox.crash(teamId);
    await until(() => statusOf(team.host, teamId).restartAt !== undefined);
    await team[Symbol.asyncDispose]();
    expect(statusOf(team.host, teamId)).not.toHaveProperty('restartAt');
    expect(team.record.initialized).toBe(2);
  });
});

describe('a plugin with several instances (in the life of a host)', () => {
  it('is swapped as one: the calls of all of them end with the old version', async () => {
    await using swap = await startGateHost('untrusted', { instances: 2 });
    const held = [swap.gate.hold(null), swap.gate.hold(null)];
    await until(() => swap.latch.waiting === 2);
    await swap.put('2.0.0');
    const rescan = swap.host.rescan();
    await until(() => statusOf(swap.host, gateId).version === '2.0.0');
    await expect(swap.gate.version(null)).resolves.toBe('2.0.0');
    swap.latch.open();
    await expect(Promise.all(held)).resolves.toEqual(['1.0.0', '1.0.0']);
    await rescan;
    expect(swap.host.plugins()).toMatchObject([{ version: '2.0.0', instances: { running: 2 } }]);
  });

  it('is stopped when it is idle, and its next call starts all of them', async () => {
    await using team = await startTeam({ idleStopMs: 1 });
    await until(() => team.record.stopped.length === 2);
    await expect(team.host.resolve(Team).who(null)).resolves.toBeGreaterThan(2);
    expect(team.record.started).toEqual(expect.arrayContaining([3, 4]));
  });

  it('runs once where it runs in the process of the host', async () => {
    const plugin = fakePlugin({ id: teamId });
    await using host = await startHost({ builtIn: [plugin], instances: 2 });
    expect(plugin.steps).toEqual(['initialize', 'start']);
    expect(statusOf(host, teamId)).not.toHaveProperty('instances');
  });
});
