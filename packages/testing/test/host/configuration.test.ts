import { describe, expect, it } from '@jest/globals';
import { definePlugin, Type } from '@stellaops/plugin-sdk';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { createPluginPackage, fakePlugin, testManifest, type TestManifest } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const Config = Type.Object({ depth: Type.Integer({ default: 3 }), label: Type.Optional(Type.String()) });
const operator = { actor: 'user:ada', hostId: 'console-1' };
/** As the pack tool writes it: plain JSON. */
const configSchema = JSON.parse(JSON.stringify(Config)) as NonNullable<PluginManifest['configSchema']>;

describe('the configuration of a plugin', () => {
  it('is completed from the schema of its manifest', async () => {
    const { linked, seen } = configured({ configSchema });
    await using host = await startHost({ builtIn: [linked] });
    expect(seen).toEqual([{ depth: 3 }]);
    expect(host.isActive('test.plugin')).toBe(true);
  });

  it('is that of the options, whatever the registry has', async () => {
    const registry = new InMemoryPluginRegistry();
    const first = configured();
    await (await startHost({ registry, builtIn: [first.linked] })).stop();
    await registry.configure('test.plugin', { depth: 5, label: 'registry' }, operator);
    const { linked, seen } = configured();
    await using host = await startHost({
      registry,
      builtIn: [linked],
      config: { 'test.plugin': { depth: 9 } },
    });
    expect(seen).toEqual([{ depth: 9 }]);
    expect(host.isActive('test.plugin')).toBe(true);
  });

  it('is that of the registry when the options say nothing of this plugin', async () => {
    const registry = new InMemoryPluginRegistry();
    await (await startHost({ registry, builtIn: [configured().linked] })).stop();
    await registry.configure('test.plugin', { depth: 5 }, operator);
    const { linked, seen } = configured();
    await using _ = await startHost({ registry, builtIn: [linked], config: { 'test.other': { depth: 9 } } });
    expect(seen).toEqual([{ depth: 5 }]);
  });

  it.each<[string, TestManifest]>([
    ['the schema of its manifest', { configSchema }],
    ['its own schema', {}],
  ])('is refused when it breaks %s, and the others are active', async (_, manifest) => {
    const { linked, seen } = configured(manifest);
    await using host = await startHost({
      builtIn: [linked, fakePlugin({ id: 'test.other' })],
      config: { 'test.plugin': { depth: 'deep' } },
    });
    const { state, error } = statusOf(host, 'test.plugin');
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'CONFIG_INVALID' });
    expect(error?.message).toBe(
      'The configuration of plugin test.plugin is refused: /depth must be integer. Correct it in the host options or in the registry.',
    );
    expect(seen).toEqual([]);
    expect(host.isActive('test.other')).toBe(true);
  });

  it('of the registry is refused like that of the options', async () => {
    const registry = new InMemoryPluginRegistry();
    await (await startHost({ registry, builtIn: [configured().linked] })).stop();
    await registry.configure('test.plugin', { depth: 'deep' }, operator);
    await using host = await startHost({ registry, builtIn: [configured().linked] });
    expect(statusOf(host, 'test.plugin').error).toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it.each<[string, TestManifest]>([
    ['with a schema in its manifest', { configSchema }],
    ['with a schema of its own', {}],
  ])('is a copy, %s: the plugin cannot change what the operator passed', async (_, manifest) => {
    const given = { depth: 9 };
    const { linked, seen } = configured(manifest);
    await using host = await startHost({ builtIn: [linked], config: { 'test.plugin': given } });
    Object.assign(seen[0] ?? {}, { depth: 99 });
    expect(given).toEqual({ depth: 9 });
    expect(host.isActive('test.plugin')).toBe(true);
  });

  it('is mended by the next scan after the registry was corrected', async () => {
    const registry = new InMemoryPluginRegistry();
    const { linked, seen } = configured();
    await (await startHost({ registry, builtIn: [linked] })).stop();
    await registry.configure('test.plugin', { depth: 'deep' }, operator);
    await using host = await startHost({ registry, builtIn: [linked] });
    expect(host.isActive('test.plugin')).toBe(false);
    await registry.configure('test.plugin', { depth: 4 }, operator);
    await host.rescan();
    expect(host.isActive('test.plugin')).toBe(true);
    expect(seen.at(-1)).toEqual({ depth: 4 });
  });
});

describe('the configuration of an untrusted plugin', () => {
  it('is checked by the plugin in its sandbox, with the same code and sentence', async () => {
    const { linked, seen } = configured({ configSchema });
    await using directory = await createPluginPackage({
      manifest: linked.manifest,
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({
      sandbox: new InMemorySandbox({ 'test.plugin': linked.plugin }),
      builtIn: [fakePlugin({ id: 'test.other' })],
      pluginPaths: [directory.directory],
      config: { 'test.plugin': { depth: 'deep' } },
    });
    expect(statusOf(host, 'test.plugin').error).toMatchObject({
      code: 'CONFIG_INVALID',
      details: { pluginId: 'test.plugin', problem: '/depth must be integer' },
    });
    expect(seen).toEqual([]);
    expect(host.isActive('test.other')).toBe(true);
  });

  it('is not run through the schema of its manifest by the host, whom a hostile pattern could hold up', async () => {
    const hostile = {
      type: 'object',
      properties: { text: { type: 'string', default: 'aaaa!', pattern: '^(a+)+$' } },
    };
    const plugin = fakePlugin({ id: 'test.plugin', manifest: { configSchema: hostile } });
    await using directory = await createPluginPackage({
      manifest: plugin.manifest,
      files: { 'dist/plugin.js': '' },
    });
    const sandbox = new InMemorySandbox({ 'test.plugin': plugin.plugin });
    await using host = await startHost({ sandbox, pluginPaths: [directory.directory] });
    expect(host.isActive('test.plugin')).toBe(true);
  });
});

/** A plugin that notes the configurations it gets. */
function configured(manifest: TestManifest = {}) {
  const seen: object[] = [];
  const plugin = definePlugin({
    config: Config,
    initialize: ({ config }) => {
      seen.push(config);
      return {};
    },
  });
  return { seen, linked: { manifest: testManifest(manifest), plugin } };
}
