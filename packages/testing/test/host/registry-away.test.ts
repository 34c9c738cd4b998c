import { describe, expect, it } from '@jest/globals';
import { createPluginPackage, fakePlugin, FakePluginRegistry, recordingLogger } from '../../src/index.ts';
import { until } from '../until.ts';
import { oneStateDirectory } from './one-state-directory.ts';
import { statusOf } from './start-host.ts';

const { startHost, journal } = oneStateDirectory();

describe('a registry that is away', () => {
  it('when the host starts keeps every plugin from running: nothing of it is initialized', async () => {
    const registry = new FakePluginRegistry();
    registry.goAway();
    const plugin = fakePlugin();
    await using host = await startHost({ registry, builtIn: [plugin] });
    expect(plugin.steps).toEqual([]);
    expect(statusOf(host, 'test.fake')).toMatchObject({
      state: 'failed',
      error: { code: 'REGISTRY_UNAVAILABLE' },
    });
    expect(statusOf(host, 'test.fake').error?.message).toBe(
      'The registry cannot be used: the connection was closed. Restore it, then start the host again.',
    );
  });

  it('when the host starts stops one that requires a plugin', async () => {
    const registry = new FakePluginRegistry();
    registry.goAway();
    await expect(
      startHost({ registry, builtIn: [fakePlugin()], required: ['test.fake'] }),
    ).rejects.toMatchObject({
      code: 'REQUIRED_PLUGINS_FAILED',
      details: { problem: expect.stringContaining('the connection was closed') },
    });
  });

  it('is used again by the next scan after it came back', async () => {
    const registry = new FakePluginRegistry();
    registry.goAway();
    await using host = await startHost({ registry, builtIn: [fakePlugin()] });
    registry.comeBack();
    await host.rescan();
    expect(host.isActive('test.fake')).toBe(true);
    expect(await registry.find('test.fake')).toMatchObject({ status: 'active' });
  });

  it('leaves alone what is active already', async () => {
    const registry = new FakePluginRegistry();
    const plugin = fakePlugin();
    await using host = await startHost({ registry, builtIn: [plugin] });
    registry.goAway();
    await host.rescan();
    expect(host.isActive('test.fake')).toBe(true);
    expect(plugin.steps).toEqual(['initialize', 'start']);
    registry.comeBack();
  });

  it('keeps neither the refusal of a package from being said, nor the other plugins from starting', async () => {
    const registry = new FakePluginRegistry();
    const logger = recordingLogger();
    await using bad = await createPluginPackage({ manifest: '{' });
    await using host = await startHost({
      registry,
      logger,
      builtIn: [fakePlugin()],
      pluginPaths: [bad.directory],
    });
    registry.goAway();
    await host.rescan();
    expect(host.plugins()).toMatchObject([
      { id: 'test.fake', state: 'active' },
      { source: bad.directory, error: { code: 'MANIFEST_INVALID' } },
    ]);
    expect(logger.lines.filter(({ fields }) => fields['code'] === 'MANIFEST_INVALID')).toHaveLength(2);
    registry.comeBack();
  });

  it('while the host stops keeps no plugin from being stopped, and the next host tells what happened', async () => {
    const registry = new FakePluginRegistry();
    const logger = recordingLogger();
    const [one, two] = [fakePlugin({ id: 'test.one' }), fakePlugin({ id: 'test.two' })];
    const host = await startHost({ registry, logger, builtIn: [one, two] });
    registry.goAway();
    await host.stop();
    expect(one.steps).toEqual(['initialize', 'start', 'stop']);
    expect(two.steps).toEqual(['initialize', 'start', 'stop']);
    expect(host.plugins().map(({ state }) => state)).toEqual(['shutdown', 'shutdown']);
    const said = logger.lines.filter(({ message }) => message.startsWith('the registry is away'));
    expect(said).toMatchObject([{ level: 'error', fields: { err: { code: 'REGISTRY_UNAVAILABLE' } } }]);
    expect(await registryTrail(registry)).not.toContain('plugin.shutdown');

    await using next = await startHost({ registry, hostId: 'host-2', builtIn: [] });
    await until(() => next.health().registry?.waiting === 0);
    const ends = await registry.auditTrail({ event: 'plugin.shutdown' });
    expect(ends.map(({ pluginId, hostId }) => `${pluginId} on ${hostId}`).toSorted()).toEqual([
      'test.one on host-1',
      'test.two on host-1',
    ]);
    expect(await registry.find('test.one')).toMatchObject({ status: 'shutdown' });
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true });
    await next.stop();
    expect(await journal()).toEqual([]);
  });

  it('when a plugin fails does not hide of what it failed', async () => {
    const registry = new FakePluginRegistry();
    const broken = fakePlugin({ id: 'test.broken', fails: { stop: new Error('the well is dry') } });
    const host = await startHost({ registry, builtIn: [broken] });
    registry.goAway();
    await host.stop();
    expect(statusOf(host, 'test.broken').error).toMatchObject({
      code: 'LIFECYCLE_FAILED',
      details: { problem: 'the well is dry' },
    });
  });
});

/** What a registry that is away has, read behind its back. */
async function registryTrail(registry: FakePluginRegistry): Promise<readonly string[]> {
  registry.comeBack();
  return (await registry.auditTrail()).map(({ event }) => event);
}
