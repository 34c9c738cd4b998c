import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

describe('the health of a host', () => {
  it('is healthy when every plugin is active', async () => {
    await using host = await startHost({ builtIn: [fakePlugin()], required: ['test.fake'] });
    expect(host.health()).toEqual({ status: 'healthy', plugins: host.plugins() });
    expect(host.plugins()).toMatchObject([{ id: 'test.fake', state: 'active', since: expect.any(Date) }]);
  });

  it('is degraded when a plugin failed that is not required', async () => {
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('no') } });
    await using host = await startHost({ builtIn: [fakePlugin(), broken], required: ['test.fake'] });
    expect(host.health().status).toBe('degraded');
  });

  it('is degraded when a package was refused', async () => {
    await using bad = await createPluginPackage({ manifest: '{' });
    await using host = await startHost({ pluginPaths: [bad.directory] });
    expect(host.health().status).toBe('degraded');
  });

  it('is failed when a required plugin has died since', async () => {
    const plugin = fakePlugin({ id: 'test.mortal' });
    const sandbox = new InMemorySandbox({ 'test.mortal': plugin.plugin });
    await using directory = await createPluginPackage({
      manifest: plugin.manifest,
      files: { 'dist/plugin.js': '' },
    });
    const failed = Promise.withResolvers<void>();
    await using host = await startHost({
      sandbox,
      registry: new TellingRegistry(failed.resolve),
      builtIn: [fakePlugin({ id: 'test.other' })],
      pluginPaths: [directory.directory],
      required: ['test.mortal'],
    });
    expect(host.health().status).toBe('healthy');
    sandbox.crash('test.mortal');
    await failed.promise;
    expect(host.health().status).toBe('failed');
    expect(statusOf(host, 'test.mortal')).toMatchObject({
      state: 'failed',
      error: { code: 'SANDBOX_EXITED' },
    });
    expect(host.isActive('test.other')).toBe(true);
  });

  it('is failed when the host has stopped that requires a plugin', async () => {
    const host = await startHost({ builtIn: [fakePlugin()], required: ['test.fake'] });
    await host.stop();
    expect(host.health().status).toBe('failed');
    expect(host.isActive('test.fake')).toBe(false);
    expect(host.isActive('test.ghost')).toBe(false);
  });
});

/** A registry that says when a plugin has failed. */
class TellingRegistry extends InMemoryPluginRegistry {
  readonly #tell: () => void;

  constructor(tell: () => void) {
    super();
    this.#tell = tell;
  }

  override async recordStatus(...given: Parameters<InMemoryPluginRegistry['recordStatus']>): Promise<void> {
    await super.recordStatus(...given);
    if (given[1] === 'failed') this.#tell();
  }
}
