import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { fakePlugin } from '../../src/index.ts';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { startHost, statusOf } from './start-host.ts';

const operator = { actor: 'user:ada', hostId: 'console-1', reason: 'ticket 7' };

describe('a plugin that operators withhold', () => {
  it.each(['disable', 'quarantine'] as const)(
    '(%s) is not run: nothing of it is initialized',
    async (decide) => {
      const registry = new InMemoryPluginRegistry();
      await (await startHost({ registry, builtIn: [fakePlugin({ id: 'test.one' })] })).stop();
      await registry[decide]('test.one', operator);
      const [one, two] = [fakePlugin({ id: 'test.one' }), fakePlugin({ id: 'test.two' })];
      await using host = await startHost({ registry, builtIn: [one, two] });
      expect(one.steps).toEqual([]);
      const { state, error } = statusOf(host, 'test.one');
      expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'REGISTRY_CONFLICT' });
      expect(error?.message).toMatch(/it was (disabled|quarantined) by user:ada at \S+: ticket 7/);
      expect(host.isActive('test.two')).toBe(true);
    },
  );

  it('is run as soon as it is enabled', async () => {
    const registry = new InMemoryPluginRegistry();
    await (await startHost({ registry, builtIn: [fakePlugin()] })).stop();
    await registry.disable('test.fake', operator);
    await using host = await startHost({ registry, builtIn: [fakePlugin()] });
    expect(host.isActive('test.fake')).toBe(false);
    await registry.enable('test.fake', operator);
    await until(() => host.isActive('test.fake'));
  });

  it('stays known when it starts at its first call, and waits for calls as soon as it is enabled', async () => {
    await using waiting = await startGateHost('trusted', { activation: 'onFirstCall' });
    const { host, registry, gate } = waiting;
    await registry.disable(gateId, operator);
    await until(() => statusOf(host, gateId).error !== undefined);
    await host.rescan();
    expect(statusOf(host, gateId).error).toMatchObject({ code: 'REGISTRY_CONFLICT' });
    await expect(gate.version(null)).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    await registry.enable(gateId, operator);
    await until(() => statusOf(host, gateId).isWaiting === true);
    await expect(gate.version(null)).resolves.toBe('1.0.0');
  });

  it('is run in the version to which it is pinned, and in no other', async () => {
    const registry = new InMemoryPluginRegistry();
    const version = (number: string) => fakePlugin({ manifest: { version: number } });
    await (await startHost({ registry, builtIn: [version('1.0.0')] })).stop();
    await registry.pin('test.fake', '1.0.0', operator);
    await using newer = await startHost({ registry, builtIn: [version('2.0.0')] });
    expect(statusOf(newer, 'test.fake').error?.message).toContain('it is pinned to version 1.0.0');
    await using older = await startHost({ registry, hostId: 'host-2', builtIn: [version('1.0.0')] });
    expect(older.isActive('test.fake')).toBe(true);
  });
});
