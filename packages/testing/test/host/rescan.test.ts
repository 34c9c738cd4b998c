import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { trustSigners } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { createPluginPackage, fakePlugin, type TestManifest } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

describe('a rescan', () => {
  it('starts what is new, and leaves what runs alone', async () => {
    await using plugins = await pluginFolder();
    const { one, two, sandbox } = fakes();
    await plugins.put('one');
    await using host = await startHost({ sandbox, pluginPaths: [plugins.path] });
    expect(host.plugins()).toMatchObject([{ id: 'test.one', state: 'active' }]);
    await plugins.put('two');
    await host.rescan();
    expect(host.plugins()).toMatchObject([
      { id: 'test.one', state: 'active' },
      { id: 'test.two', state: 'active' },
    ]);
    expect(one.steps).toEqual(['initialize', 'start']);
    expect(two.steps).toEqual(['initialize', 'start']);
  });

  it('stops what is gone, and forgets it', async () => {
    await using plugins = await pluginFolder();
    const { one, two, sandbox } = fakes();
    await plugins.put('one');
    await plugins.put('two');
    await using host = await startHost({ sandbox, pluginPaths: [plugins.path] });
    await plugins.remove('one');
    await host.rescan();
    expect(one.steps).toEqual(['initialize', 'start', 'stop']);
    expect(two.steps).toEqual(['initialize', 'start']);
    expect(host.plugins().map(({ id }) => id)).toEqual(['test.two']);
    expect(host.isActive('test.one')).toBe(false);
  });

  it('replaces what has changed by its new version', async () => {
    await using plugins = await pluginFolder();
    const { one, sandbox } = fakes();
    const registry = new InMemoryPluginRegistry();
    await plugins.put('one');
    await using host = await startHost({ sandbox, registry, pluginPaths: [plugins.path] });
    await plugins.put('one', { version: '2.0.0' });
    await host.rescan();
    expect(one.steps).toEqual(['initialize', 'start', 'initialize', 'start', 'stop']);
    expect(host.plugins()).toMatchObject([{ id: 'test.one', version: '2.0.0', state: 'active' }]);
    expect((await registry.find('test.one'))?.versions.map(({ version }) => version)).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
  });

  it('refuses a change under the same version, when there is a registry that knows it, and keeps what runs', async () => {
    await using plugins = await pluginFolder();
    const { sandbox } = fakes();
    const registry = new InMemoryPluginRegistry();
    await plugins.put('one');
    await plugins.put('two');
    await using host = await startHost({ sandbox, registry, pluginPaths: [plugins.path] });
    const registered = (await registry.find('test.one'))?.versions[0]?.digest ?? '';
    await plugins.put('one', {}, '// changed');
    await host.rescan();
    const [running, refused] = host.plugins().filter(({ id }) => id === 'test.one');
    expect(running).toMatchObject({ state: 'active' });
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'DIGEST_MISMATCH' } });
    const error = refused?.error;
    expect(error?.message).toContain(`it was registered with digest ${registered}`);
    expect(error?.message).toContain(
      'Restore the registered package, or publish the change under a new version.',
    );
    expect(host.isActive('test.two')).toBe(true);
    await plugins.put('one');
    await host.rescan();
    expect(host.plugins().map(({ id, state }) => [id, state])).toEqual([
      ['test.one', 'active'],
      ['test.two', 'active'],
    ]);
  });

  it('starts again what has failed', async () => {
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('no') } });
    await using host = await startHost({ builtIn: [broken, fakePlugin({ id: 'test.other' })] });
    await host.rescan();
    expect(broken.steps).toEqual(['initialize', 'start', 'stop', 'initialize', 'start', 'stop']);
    expect(host.plugins().map(({ id, state }) => [id, state])).toEqual([
      ['test.broken', 'failed'],
      ['test.other', 'active'],
    ]);
  });

  it('replaces what is trusted otherwise than before, though its digest is the same', async () => {
    await using plugins = await pluginFolder();
    const key = createSigningKey();
    const { one, sandbox } = fakes();
    const entry = 'throw new Error("in process");';
    await plugins.put('one', {}, entry);
    const trust = trustSigners({ me: key.publicKey });
    await using host = await startHost({ sandbox, trust, pluginPaths: [plugins.path] });
    expect(statusOf(host, 'test.one')).toMatchObject({ trustLevel: 'untrusted', state: 'active' });
    await plugins.put('one', {}, entry, key.privateKey);
    await host.rescan();
    expect(one.steps.at(-1)).toBe('stop');
    expect(statusOf(host, 'test.one')).toMatchObject({
      trustLevel: 'trusted',
      error: { code: 'ENTRY_INVALID' },
    });
  });

  it('forgets the refusals that are no longer true, and says those that are once', async () => {
    await using plugins = await pluginFolder();
    const { sandbox } = fakes();
    await plugins.put('one', '{');
    await using host = await startHost({ sandbox, pluginPaths: [plugins.path] });
    await host.rescan();
    expect(host.plugins()).toMatchObject([{ state: 'failed', error: { code: 'MANIFEST_INVALID' } }]);
    await plugins.put('one');
    await host.rescan();
    expect(host.plugins()).toMatchObject([{ id: 'test.one', state: 'active' }]);
  });

  it('stops a plugin whose package is refused now', async () => {
    await using plugins = await pluginFolder();
    const { one, sandbox } = fakes();
    await plugins.put('one');
    await using host = await startHost({ sandbox, pluginPaths: [plugins.path] });
    await plugins.put('one', '{');
    await host.rescan();
    expect(one.steps.at(-1)).toBe('stop');
    expect(host.plugins()).toMatchObject([{ state: 'failed', error: { code: 'MANIFEST_INVALID' } }]);
  });

  it('waits for the one before it', async () => {
    await using plugins = await pluginFolder();
    const { one, sandbox } = fakes();
    await using host = await startHost({ sandbox, pluginPaths: [plugins.path] });
    await plugins.put('one');
    await Promise.all([host.rescan(), host.rescan(), host.rescan()]);
    expect(one.steps).toEqual(['initialize', 'start']);
  });

  it('keeps the order in which plugins are found', async () => {
    await using plugins = await pluginFolder();
    const { sandbox } = fakes();
    await plugins.put('two');
    await using host = await startHost({ sandbox, pluginPaths: [plugins.path] });
    await plugins.put('one');
    await host.rescan();
    expect(host.plugins().map(({ id }) => id)).toEqual(['test.one', 'test.two']);
  });
});

/** Two plugins, and a sandbox that runs them whatever their packages hold. */
function fakes() {
  const [one, two] = [fakePlugin({ id: 'test.one' }), fakePlugin({ id: 'test.two' })];
  return { one, two, sandbox: new InMemorySandbox({ 'test.one': one.plugin, 'test.two': two.plugin }) };
}

/** A folder with packages, as an operator fills it. */
async function pluginFolder() {
  const path = await mkdtemp(join(tmpdir(), 'stella-rescan-'));
  const remove = (name: string): Promise<void> => rm(join(path, name), { recursive: true, force: true });
  return {
    path,
    remove,
    put: async (
      name: string,
      manifest: TestManifest | string = {},
      entry = '// nothing',
      privateKey?: string,
    ): Promise<void> => {
      await remove(name);
      await mkdir(join(path, name));
      await createPluginPackage({
        directory: join(path, name),
        manifest: typeof manifest === 'string' ? manifest : { id: `test.${name}`, ...manifest },
        files: { 'dist/plugin.js': entry },
        ...(privateKey !== undefined && { privateKey }),
      });
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
