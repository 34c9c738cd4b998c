import { describe, expect, it } from '@jest/globals';
import type { BuiltInPlugin, CapabilityGrant } from '@stellaops/plugin-host';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import {
  defineCapability,
  definePlugin,
  implement,
  isPluginError,
  Type,
  type Capability,
} from '@stellaops/plugin-sdk';
import { fakePlugin, startTestHost, testManifest, trustLevels } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const nameOf = { name: { request: Type.Null(), response: Type.String() } };
const CanName = defineCapability({ id: 'CanName', version: 1, methods: nameOf });
const CanName2 = defineCapability({ id: 'CanName', version: 2, methods: nameOf });
const CanAsk = defineCapability({ id: 'CanAsk', version: 1, methods: nameOf });

/** A plugin that answers with its id. */
const named = (id: string) =>
  fakePlugin({ id, provides: [implement(CanName, { name: () => Promise.resolve(id) })] });

/** A plugin that answers with what another one does, or with the code of why that did not. */
function asker(id: string, requires: Capability<typeof nameOf> = CanName) {
  const plugin = definePlugin({
    initialize: ({ resolve }) => ({
      provides: [
        implement(CanAsk, {
          name: async () => {
            try {
              return await resolve(requires).name(null);
            } catch (error) {
              return isPluginError(error) ? `${error.code}: ${error.message}` : String(error);
            }
          },
        }),
      ],
    }),
  });
  return { manifest: testManifest({ id, provides: [CanAsk], requires: [requires] }), plugin };
}

const grants: readonly CapabilityGrant[] = [{ capability: CanName }];
const one = named('test.one');
const other = named('test.other');

describe('a grant', () => {
  it('is for the plugin that it is given to, and for every plugin beside `perPlugin`', async () => {
    const builtIn = [one, asker('test.asker'), asker('test.stranger')];
    const ask = async (options: object) => {
      await using host = await startHost({ builtIn, ...options });
      const answers = host.resolveAll(CanAsk).map(({ api }) => api.name(null));
      return (await Promise.all(answers)).map((answer) => answer.split(':')[0]);
    };
    expect(await ask({ perPlugin: { 'test.asker': { grants } } })).toEqual(['test.one', 'CAPABILITY_DENIED']);
    expect(await ask({ grants })).toEqual(['test.one', 'test.one']);
    expect(await ask({ grants, perPlugin: { 'test.asker': { grants: [] } } })).toEqual([
      'CAPABILITY_DENIED',
      'test.one',
    ]);
  });

  it('is for one version of a contract', async () => {
    const newer = fakePlugin({
      id: 'test.newer',
      provides: [implement(CanName2, { name: () => Promise.resolve('newer') })],
    });
    await using host = await startHost({ builtIn: [newer, asker('test.asker', CanName2)], grants });
    expect(await host.resolve(CanAsk).name(null)).toContain('CAPABILITY_DENIED');
  });

  it('does not stand in the way of a service of the host', async () => {
    const services = [implement(CanName, { name: () => Promise.resolve('the host') })];
    await using host = await startHost({ builtIn: [one, asker('test.asker')], grants, services });
    expect(await host.resolve(CanAsk).name(null)).toBe('the host');
  });

  it('gives no more than the manifest asks for', async () => {
    const plugin = asker('test.asker').plugin;
    const manifest = testManifest({ id: 'test.asker', provides: [CanAsk] });
    await using host = await startHost({ builtIn: [one, { manifest, plugin }], grants });
    expect(await host.resolve(CanAsk).name(null)).toContain('CAPABILITY_NOT_DECLARED');
  });

  it('that holds no contract is refused at the start', async () => {
    const misspelt = [{ capability: 'CanName' }] as unknown as readonly CapabilityGrant[]; // what a host without types could say
    await expect(startHost({ perPlugin: { 'test.asker': { grants: misspelt } } })).rejects.toThrow(
      "perPlugin['test.asker'].grants holds a grant that names no contract: { capability: CanScan }",
    );
  });
});

describe.each(trustLevels)('a plugin that calls another one, %s', (trustLevel) => {
  const ask = async (plugins: readonly ReturnType<typeof named>[], given: readonly CapabilityGrant[]) => {
    const all = [...plugins, asker('test.asker')];
    await using host = await startTestHost({ trustLevel, plugins: all, grants: given });
    return host.resolve(CanAsk).name(null);
  };

  it('reaches the provider that its grant names, of several', async () => {
    expect(await ask([one, other], [{ capability: CanName, pluginId: 'test.other' }])).toBe('test.other');
  });

  it('hears that several provide it, where its grant names none', async () => {
    expect(await ask([one, other], grants)).toBe(
      'CAPABILITY_AMBIGUOUS: Several active plugins provide CanName v1: test.one, test.other. Name one by `pluginId`, or use resolveAll().',
    );
  });

  it('hears that none provides it, or not the one that its grant names', async () => {
    expect(await ask([], grants)).toContain('CAPABILITY_NOT_PROVIDED');
    expect(await ask([one], [{ capability: CanName, pluginId: 'test.other' }])).toContain(
      'there is no plugin test.other',
    );
  });

  it('never reaches itself, though it provides what it requires', async () => {
    const manifest = testManifest({ id: 'test.decorator', provides: [CanName], requires: [CanName] });
    const plugin = definePlugin({
      initialize: ({ resolve }) => ({
        provides: [
          implement(CanName, { name: async (input) => `the name is ${await resolve(CanName).name(input)}` }),
        ],
      }),
    });
    const decorator = { manifest, plugin };
    const pluginId = 'test.decorator';
    const nameBy = async (plugins: readonly BuiltInPlugin[], grant: CapabilityGrant) => {
      await using host = await startTestHost({ trustLevel, plugins, grants: [grant] });
      return await host.resolve(CanName, { pluginId }).name(null);
    };
    expect(await nameBy([one, decorator], { capability: CanName })).toBe('the name is test.one');
    const toItself = nameBy([one, decorator], { capability: CanName, pluginId });
    await expect(toItself).rejects.toMatchObject({ code: 'CALL_FAILED' });
  });

  it('is not started in a circle of grants, which is named', async () => {
    const here = fakePlugin({
      id: 'test.here',
      provides: [implement(CanName, { name: () => Promise.resolve('here') })],
      requires: [CanAsk],
    });
    const circle = [{ capability: CanName }, { capability: CanAsk }];
    await expect(
      startTestHost({ trustLevel, plugins: [here, asker('test.there')], grants: circle }),
    ).rejects.toThrow('test.here -> test.there -> test.here');
  });
});

describe('a plugin whose provider has died', () => {
  it('hears so, and reaches it again when it is back', async () => {
    const plugins = [one, asker('test.asker')];
    const sandbox = new InMemorySandbox(
      Object.fromEntries(plugins.map(({ manifest, plugin }) => [manifest.id, plugin])),
    );
    await using host = await startTestHost({ trustLevel: 'untrusted', plugins, grants, sandbox });
    expect(await host.resolve(CanAsk).name(null)).toBe('test.one');
    sandbox.crash('test.one');
    expect(await host.resolve(CanAsk).name(null)).toMatch(/^(CAPABILITY_NOT_PROVIDED|CALL_FAILED)/);
    await host.rescan();
    expect(statusOf(host, 'test.one').state).toBe('active');
    expect(await host.resolve(CanAsk).name(null)).toBe('test.one');
  });
});
