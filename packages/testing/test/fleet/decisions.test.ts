import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { definePlugin } from '@stellaops/plugin-sdk';
import { fakePlugin, FakePluginRegistry, recordingLogger, testManifest } from '../../src/index.ts';
import { gateId, startGateHost } from '../host/gate-host.ts';
import { statusOf } from '../host/start-host.ts';
import { until } from '../until.ts';
import { operator, startFleetHost } from './fleet-host.ts';

const id = 'test.fake';

describe('what operators decide', () => {
  it.each(['disable', 'quarantine'] as const)(
    '(%s) stops a plugin on every host, which say who decided it and why, until it is enabled',
    async (decide) => {
      const registry = new InMemoryPluginRegistry();
      const [here, there] = [fakePlugin(), fakePlugin()];
      await using one = await startFleetHost('host-1', {
        registry,
        builtIn: [here, fakePlugin({ id: 'test.other' })],
      });
      await using other = await startFleetHost('host-2', { registry, builtIn: [there], required: [id] });
      await registry[decide](id, operator);
      await until(() => here.steps.includes('stop') && there.steps.includes('stop'));
      await until(async () => (await registry.find(id))?.status === 'shutdown');
      for (const host of [one, other]) {
        await until(() => statusOf(host, id).error !== undefined);
        const { state, error } = statusOf(host, id);
        expect({ state, code: error?.code }).toEqual({ state: 'shutdown', code: 'REGISTRY_CONFLICT' });
        expect(error?.message).toMatch(/it was (disabled|quarantined) by user:ada at \S+: ticket 7/);
      }
      expect([one.health().status, other.health().status]).toEqual(['healthy', 'failed']);
      expect(one.isActive('test.other')).toBe(true);
      const ends = await registry.auditTrail({ pluginId: id, event: 'plugin.shutdown' });
      expect(ends.map(({ hostId }) => hostId).toSorted()).toEqual(['host-1', 'host-2']);
      for (const { detail } of ends) expect(detail).toMatch(/by user:ada at \S+: ticket 7/);

      await registry.enable(id, operator);
      await until(() => one.isActive(id) && other.isActive(id));
      expect(here.steps).toEqual(['initialize', 'start', 'stop', 'initialize', 'start']);
    },
  );

  it('stops a version that is not the pinned one, until any may run', async () => {
    const registry = new InMemoryPluginRegistry();
    const version = (number: string) => fakePlugin({ manifest: { version: number } });
    await using older = await startFleetHost('host-1', { registry, builtIn: [version('1.0.0')] });
    await using newer = await startFleetHost('host-2', { registry, builtIn: [version('2.0.0')] });
    expect(await registry.rollBack(id, operator)).toBe('1.0.0');
    await until(() => !newer.isActive(id));
    await until(() => statusOf(newer, id).error !== undefined);
    expect(statusOf(newer, id).error?.message).toContain('it is pinned to version 1.0.0');
    expect(older.isActive(id)).toBe(true);
    await registry.unpin(id, operator);
    await until(() => newer.isActive(id));
  });

  it('stops a plugin that is taken out of the catalogue, and the trail tells of it', async () => {
    const registry = new InMemoryPluginRegistry();
    await using host = await startFleetHost('host-1', { registry, builtIn: [fakePlugin()] });
    await registry.disable(id, operator);
    await registry.remove(id, operator);
    await until(() => !host.isActive(id) && statusOf(host, id).error !== undefined);
    expect(statusOf(host, id).error?.message).toMatch(/it was (disabled|removed) by user:ada/);
    await until(
      async () => (await registry.auditTrail({ pluginId: id, event: 'plugin.shutdown' })).length === 1,
    );
    expect(await registry.find(id)).toBeUndefined();
  });

  it('stops a plugin that waits for its first call: no call starts it any more', async () => {
    const waiting = await startGateHost('trusted', { activation: 'onFirstCall' });
    await using _ = waiting;
    const { host, registry, gate } = waiting;
    await registry.quarantine(gateId, operator);
    await until(() => statusOf(host, gateId).error !== undefined);
    await expect(gate.version(null)).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    await expect(host.whenActive(gateId)).rejects.toMatchObject({ code: 'REGISTRY_CONFLICT' });
    await registry.enable(gateId, operator);
    await until(() => statusOf(host, gateId).isWaiting === true);
  });

  it('is done for a plugin while another takes its time to stop', async () => {
    const registry = new InMemoryPluginRegistry();
    const stopping = Promise.withResolvers<void>();
    const slow = {
      manifest: testManifest({ id: 'test.slow' }),
      plugin: definePlugin({ initialize: () => ({ stop: () => stopping.promise }) }),
    };
    const quick = fakePlugin({ id: 'test.quick' });
    await using host = await startFleetHost('host-1', { registry, builtIn: [slow, quick] });
    await registry.quarantine('test.slow', operator);
    await until(() => statusOf(host, 'test.slow').state === 'shutdown');
    await registry.quarantine('test.quick', operator);
    await until(() => quick.steps.includes('stop'));
    expect(statusOf(host, 'test.slow').error).toBeUndefined();
    stopping.resolve();
    await until(() => statusOf(host, 'test.slow').error !== undefined);
    expect(statusOf(host, 'test.slow').state).toBe('shutdown');
  });

  it('about its configuration starts a plugin that could not use the one before, and no other', async () => {
    const registry = new InMemoryPluginRegistry();
    const configSchema = { type: 'object', properties: { depth: { type: 'integer' } }, required: ['depth'] };
    const picky = fakePlugin({ id: 'test.picky', manifest: { configSchema } });
    const content = fakePlugin();
    await using host = await startFleetHost('host-1', { registry, builtIn: [picky, content] });
    expect(statusOf(host, 'test.picky').error?.code).toBe('CONFIG_INVALID');
    await registry.configure(id, { depth: 1 }, operator);
    await registry.configure('test.picky', { depth: 1 }, operator);
    await until(() => host.isActive('test.picky'));
    expect(content.steps).toEqual(['initialize', 'start']);
  });

  it('is done by a host that nobody told, when it looks by itself', async () => {
    const registry = Object.assign(new InMemoryPluginRegistry(), { watch: async function* () {} });
    const fleet = { reconcileIntervalMs: 20 };
    await using host = await startFleetHost('host-1', { registry, builtIn: [fakePlugin()], fleet });
    await registry.quarantine(id, operator);
    await until(() => !host.isActive(id));
    await registry.enable(id, operator);
    await until(() => host.isActive(id));
    expect(statusOf(host, id).error).toBeUndefined();
  });

  it('is done by a host whose registry was away, once it is back', async () => {
    const registry = new FakePluginRegistry();
    const logger = recordingLogger();
    const fleet = { reconcileIntervalMs: 20 };
    await using host = await startFleetHost('host-1', { registry, logger, builtIn: [fakePlugin()], fleet });
    registry.goAway();
    const failure = 'the host could not read what operators want; it tries again';
    await until(() => logger.lines.some(({ message }) => message === failure));
    expect(host.isActive(id)).toBe(true);
    registry.comeBack();
    await registry.quarantine(id, operator);
    await until(() => !host.isActive(id));
    expect(logger.lines.filter(({ message }) => message === failure)).toHaveLength(1);
  });

  it('stays done when the host looks again', async () => {
    const registry = new InMemoryPluginRegistry();
    const plugin = fakePlugin();
    const fleet = { reconcileIntervalMs: 5 };
    await using host = await startFleetHost('host-1', { registry, builtIn: [plugin], fleet });
    await registry.quarantine(id, operator);
    await until(() => !host.isActive(id) && statusOf(host, id).error !== undefined);
    const asked = registry.desiredStates.bind(registry);
    let looks = 0;
    registry.desiredStates = (ids) => {
      looks += 1;
      return asked(ids);
    };
    await until(() => looks > 3);
    expect(plugin.steps).toEqual(['initialize', 'start', 'stop']);
  });
});
