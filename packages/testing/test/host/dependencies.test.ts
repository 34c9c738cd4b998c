import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { defineCapability, definePlugin, implement, Type, type Capability } from '@stellaops/plugin-sdk';
import { fakePlugin, testManifest, type FakePlugin } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const contract = (id: string) =>
  defineCapability({ id, version: 1, methods: { ask: { request: Type.Null(), response: Type.String() } } });
const [One, Two] = [contract('One'), contract('Two')];
const grants = [{ capability: One }, { capability: Two }];

/** A plugin that answers with its id. */
function plugin(
  id: string,
  provides: ReturnType<typeof contract>[],
  requires: Capability[] = [],
): FakePlugin {
  const provided = provides.map((capability) => implement(capability, { ask: async () => id }));
  return fakePlugin({ id, provides: provided, requires });
}

describe('plugins that require each other in a circle', () => {
  const builtIn = [
    plugin('test.a', [One], [Two]),
    plugin('test.b', [Two], [One]),
    plugin('test.c', [], [One]),
    plugin('test.d', [], []),
  ];

  it('are refused with the circle named, and the others run', async () => {
    const registry = new InMemoryPluginRegistry();
    await using host = await startHost({ builtIn, grants, registry });
    const [a, b] = ['test.a', 'test.b'].map((id) => statusOf(host, id));
    expect(a).toMatchObject({ state: 'failed', error: { code: 'CAPABILITY_DENIED' } });
    expect(a?.error?.message).toBe(
      'Plugin test.a was denied what test.b provides: they require each other in a circle, so that none can start first: test.a -> test.b -> test.a. Take back one of the grants.',
    );
    expect(b?.error?.message).toContain('test.b -> test.a -> test.b');
    expect(host.isActive('test.c')).toBe(true);
    expect(host.isActive('test.d')).toBe(true);
    const refused = await registry.auditTrail({ event: 'plugin.refused' });
    expect(refused.map(({ pluginId, code }) => `${pluginId} ${code}`)).toEqual([
      'test.a CAPABILITY_DENIED',
      'test.b CAPABILITY_DENIED',
    ]);
  });

  it('run where the operator grants only one of them to call the other', async () => {
    await using host = await startHost({ builtIn, grants: [{ capability: One }] });
    expect(builtIn.every(({ manifest }) => host.isActive(manifest.id))).toBe(true);
  });
});

describe('a plugin whose provider does not come up', () => {
  it('starts all the same, and hears of it when it calls', async () => {
    const provider = fakePlugin({
      id: 'test.provider',
      provides: [implement(One, { ask: async () => 'never' })],
      fails: { start: new Error('the well is dry') },
    });
    const asked: unknown[] = [];
    const asker = {
      manifest: testManifest({ id: 'test.asker', requires: [One] }),
      plugin: definePlugin({
        initialize: async ({ resolve }) => {
          const answer = resolve(One).ask(null);
          asked.push(await answer.catch((error: unknown) => error));
          return {};
        },
      }),
    };
    await using host = await startHost({ builtIn: [asker, provider], grants });
    expect(host.isActive('test.asker')).toBe(true);
    expect(asked).toMatchObject([{ code: 'CAPABILITY_NOT_PROVIDED' }]);
  });
});

describe('a host with many plugins', () => {
  it('starts a long chain of them from its end', async () => {
    const links = Array.from({ length: 50 }, (_, index) => contract(`Link${index}`));
    const chain = links.map((link, index) => {
      const next = links[index + 1];
      return plugin(`test.p${index}`, [link], next ? [next] : []);
    });
    await using host = await startHost({
      builtIn: chain,
      grants: links.map((capability) => ({ capability })),
      maxParallelStarts: 2,
    });
    expect(new Set(host.plugins().map(({ state }) => state))).toEqual(new Set(['active']));
  });
});
