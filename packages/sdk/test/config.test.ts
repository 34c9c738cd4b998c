import { describe, expect, it } from '@jest/globals';
import { definePlugin, PluginBase, Type } from '../src/index.ts';
import { descriptorOf, initialized, neverAborted } from './plugin-context.ts';

const Config = Type.Object({
  depth: Type.Integer({ default: 3, minimum: 1 }),
  only: Type.Array(Type.String(), { default: [] }),
});

describe('the configuration of a plugin', () => {
  it.each([
    ['nothing', undefined, { depth: 3, only: [] }],
    ['an empty one', {}, { depth: 3, only: [] }],
    ['a part of it', { depth: 9 }, { depth: 9, only: [] }],
    ['all of it', { depth: 9, only: ['npm'] }, { depth: 9, only: ['npm'] }],
  ])('is completed with defaults when the operator gave %s', async (_, given, expected) => {
    const { plugin, seen } = recorder();
    await initialized(plugin, descriptorOf(), given);
    expect(seen).toEqual([expected]);
  });

  it('is completed for a class before its constructor sees it', async () => {
    const seen: unknown[] = [];
    const plugin = definePlugin({
      config: Config,
      plugin: class extends PluginBase<{ depth: number; only: string[] }> {
        readonly provides = [];
        readonly depth = seen.push(this.context.config.depth);
      },
    });
    await initialized(plugin, descriptorOf(), {});
    expect(seen).toEqual([3]);
  });

  it.each([
    ['of a wrong type', { depth: 'deep' }, '/depth must be integer'],
    ['out of bounds', { depth: 0 }, '/depth must be >= 1'],
    ['that is a list', [], 'must be object'],
    ['that is a text', 'depth: 3', 'must be object'],
  ])('is refused before the plugin sees it when it is one %s', async (_, given, problem) => {
    const { plugin, seen } = recorder();
    await expect(initialized(plugin, descriptorOf(), given)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { pluginId: 'acme.scanner', problem },
      message: `The configuration of plugin acme.scanner is refused: ${problem}. Correct it in the host options or in the registry.`,
    });
    expect(seen).toEqual([]);
  });

  it('belongs to the plugin: what it changes reaches neither the operator nor another instance', async () => {
    const given = { only: ['npm'] };
    const plugin = definePlugin({
      config: Config,
      initialize: ({ config }) => {
        expect(config).toEqual({ depth: 3, only: ['npm'] });
        config.only.push('changed');
        return {};
      },
    });
    await initialized(plugin, descriptorOf(), given);
    await initialized(plugin, descriptorOf(), given);
    expect(given).toEqual({ only: ['npm'] });
  });

  it('shares no default with another instance', async () => {
    const { plugin, seen } = recorder();
    await initialized(plugin, descriptorOf());
    seen[0]?.only.push('changed');
    await initialized(plugin, descriptorOf());
    expect(seen[1]).toEqual({ depth: 3, only: [] });
  });

  it('is handed on as it is when the plugin has no schema for it', async () => {
    const seen: unknown[] = [];
    const plugin = definePlugin({ initialize: ({ config }) => ({ start: () => void seen.push(config) }) });
    const instance = await initialized(plugin, descriptorOf(), { any: ['thing'] });
    await instance.start(neverAborted());
    expect(seen).toEqual([{ any: ['thing'] }]);
  });

  it('has a schema that the pack tool finds on the definition', () => {
    expect(recorder().plugin.configSchema).toBe(Config);
    expect(definePlugin({ initialize: () => ({}) })).not.toHaveProperty('configSchema');
  });
});

/** A plugin that notes the configurations it gets. */
function recorder() {
  const seen: { depth: number; only: string[] }[] = [];
  const plugin = definePlugin({
    config: Config,
    initialize: ({ config }) => {
      seen.push(config);
      return {};
    },
  });
  return { plugin, seen };
}
