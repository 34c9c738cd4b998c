import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { startHost } from './start-host.ts';

describe('the audit trail', () => {
  it('tells the life of a plugin in order, with actor and host on every event', async () => {
    const registry = new InMemoryPluginRegistry();
    const before = Date.now();
    const host = await startHost({
      registry,
      builtIn: [fakePlugin({ id: 'test.one' })],
      actor: 'service:scanner',
      hostId: 'scanner-1',
    });
    await host.stop();
    const trail = await registry.auditTrail();
    expect(trail.map(({ event }) => event)).toEqual([
      'plugin.registered',
      'plugin.admitted',
      'plugin.activated',
      'plugin.shutdown',
    ]);
    for (const event of trail) {
      expect(event).toMatchObject({
        actor: 'service:scanner',
        hostId: 'scanner-1',
        pluginId: 'test.one',
        version: '1.0.0',
        trustLevel: 'builtIn',
      });
      expect(event.at.getTime()).toBeGreaterThanOrEqual(before);
    }
    expect(trail[1]?.detail).toBe('linked in by the host');
  });

  it('tells of a failure with its code and sentence', async () => {
    const registry = new InMemoryPluginRegistry();
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('no') } });
    await using host = await startHost({ registry, builtIn: [broken] });
    expect((await registry.auditTrail({ pluginId: 'test.broken' })).at(-1)).toMatchObject({
      event: 'plugin.failed',
      code: 'LIFECYCLE_FAILED',
      detail: host.plugins()[0]?.error?.message,
    });
    expect(await registry.find('test.broken')).toMatchObject({ status: 'failed' });
  });

  it('tells why an untrusted plugin has its tier', async () => {
    const registry = new InMemoryPluginRegistry();
    const plugin = fakePlugin({ id: 'test.untrusted' });
    await using directory = await createPluginPackage({
      manifest: plugin.manifest,
      files: { 'dist/plugin.js': '' },
    });
    const sandbox = new InMemorySandbox({ 'test.untrusted': plugin.plugin });
    await using _ = await startHost({ registry, sandbox, pluginPaths: [directory.directory] });
    expect(await registry.auditTrail({ pluginId: 'test.untrusted' })).toContainEqual(
      expect.objectContaining({
        event: 'plugin.admitted',
        trustLevel: 'untrusted',
        detail: 'no signer is trusted by this host',
      }),
    );
  });

  it('tells of a package that was refused, by its name when its id could not be read', async () => {
    const registry = new InMemoryPluginRegistry();
    await using nameless = await createPluginPackage({ manifest: '{' });
    await using entryless = await createPluginPackage({ manifest: { id: 'test.entryless' } });
    await using host = await startHost({ registry, pluginPaths: [nameless.directory, entryless.directory] });
    const [first, second] = await registry.auditTrail();
    expect(first).toMatchObject({
      event: 'plugin.refused',
      actor: 'service:test',
      hostId: 'host-1',
      code: 'MANIFEST_INVALID',
    });
    expect(first?.detail).toContain(nameless.directory);
    expect(first).not.toHaveProperty('pluginId');
    expect(second).toMatchObject({
      event: 'plugin.refused',
      code: 'ENTRY_INVALID',
      pluginId: 'test.entryless',
      version: '1.0.0',
    });
    expect(await registry.list()).toEqual([]);
    expect(host.plugins()).toHaveLength(2);
  });

  it('tells of a restart as a new admission, and registers a known version no second time', async () => {
    const registry = new InMemoryPluginRegistry();
    const builtIn = [fakePlugin({ id: 'test.one' })];
    await (await startHost({ registry, builtIn })).stop();
    await (await startHost({ registry, builtIn })).stop();
    expect((await registry.auditTrail()).map(({ event }) => event)).toEqual([
      'plugin.registered',
      'plugin.admitted',
      'plugin.activated',
      'plugin.shutdown',
      'plugin.admitted',
      'plugin.activated',
      'plugin.shutdown',
    ]);
  });

  it('is not written by a host that has no registry', async () => {
    await using host = await startHost({ builtIn: [fakePlugin()] });
    expect(host.isActive('test.fake')).toBe(true);
  });

  it('has the status of the plugin beside it, at each step', async () => {
    const registry = new InMemoryPluginRegistry();
    const host = await startHost({ registry, builtIn: [fakePlugin({ id: 'test.one' })] });
    expect(await registry.find('test.one')).toMatchObject({ status: 'active', trustLevel: 'builtIn' });
    await host.stop();
    expect(await registry.find('test.one')).toMatchObject({ status: 'shutdown' });
  });
});
