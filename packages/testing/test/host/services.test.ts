import { describe, expect, it } from '@jest/globals';
import {
  defineCapability,
  definePlugin,
  implement,
  Type,
  type Implementation,
  type PluginContext,
} from '@stellaops/plugin-sdk';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { fakePlugin, startTestHost, testManifest, trustLevels } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const Clock = defineCapability({
  id: 'Clock',
  version: 1,
  methods: { now: { request: Type.Null(), response: Type.Integer() } },
});
const Asker = defineCapability({
  id: 'Asker',
  version: 1,
  methods: { ask: { request: Type.Null(), response: Type.Integer() } },
});
const clock = implement(Clock, { now: () => Promise.resolve(7) });

describe('a built-in plugin', () => {
  it('gets the very object that the host offers', async () => {
    const given: unknown[] = [];
    const plugin = definePlugin({
      initialize: ({ resolve }) => ({ start: () => void given.push(resolve(Clock)) }),
    });
    await using host = await startHost({
      services: [clock],
      builtIn: [{ manifest: testManifest({ requires: [Clock] }), plugin }],
    });
    expect(given[0]).toBe(clock.api);
    expect(host.isActive('test.plugin')).toBe(true);
  });

  it('that does not declare a service is refused it, and the refusal is audited', async () => {
    const registry = new InMemoryPluginRegistry();
    const plugin = definePlugin({ initialize: ({ resolve }) => ({ start: () => void resolve(Clock) }) });
    const builtIn = [{ manifest: testManifest(), plugin }, fakePlugin({ id: 'test.other' })];
    await using host = await startHost({ registry, services: [clock], builtIn });
    expect(statusOf(host, 'test.plugin')).toMatchObject({
      state: 'failed',
      error: { code: 'CAPABILITY_NOT_DECLARED' },
    });
    expect(statusOf(host, 'test.plugin').error?.message).toBe(
      'Plugin test.plugin does not declare Clock v1 under "requires". Declare it in the plugin.json.',
    );
    expect(host.isActive('test.other')).toBe(true);
    expect(
      (await registry.auditTrail({ pluginId: 'test.plugin' })).find(({ event }) => event === 'call.rejected'),
    ).toMatchObject({
      capability: 'Clock v1',
      code: 'CAPABILITY_NOT_DECLARED',
      actor: 'service:test',
      hostId: 'host-1',
      version: '1.0.0',
    });
  });

  it('that declares a service in another version is refused it', async () => {
    const Clock2 = defineCapability({ ...Clock, version: 2 });
    const plugin = definePlugin({ initialize: ({ resolve }) => ({ start: () => void resolve(Clock2) }) });
    const builtIn = [{ manifest: testManifest({ requires: [Clock] }), plugin }];
    await using host = await startHost({ services: [clock], builtIn });
    expect(statusOf(host, 'test.plugin').error).toMatchObject({
      code: 'CAPABILITY_NOT_DECLARED',
      details: { capability: 'Clock v2' },
    });
  });

  it('that asks for a service which the host does not offer hears so', async () => {
    const plugin = definePlugin({ initialize: ({ resolve }) => ({ start: () => void resolve(Clock) }) });
    const builtIn = [
      { manifest: testManifest({ requires: [Clock] }), plugin },
      fakePlugin({ id: 'test.other' }),
    ];
    await using host = await startHost({ builtIn });
    expect(statusOf(host, 'test.plugin').error?.message).toContain(
      'it is not among the services of this host',
    );
    expect(host.isActive('test.other')).toBe(true);
  });
});

describe.each(trustLevels)('a plugin of a test host, %s', (trustLevel) => {
  it('is answered by the service that it declares', async () => {
    await using host = await startTestHost({
      trustLevel,
      services: [clock],
      plugins: [asker({ requires: [Clock] })],
    });
    expect(await host.resolve(Asker).ask(null)).toBe(7);
  });

  it('fails its call, and nothing else, when it asks for what it does not declare', async () => {
    const plugins = [asker({}), fakePlugin({ id: 'test.other' })];
    await using host = await startTestHost({ trustLevel, services: [clock], plugins });
    await expect(host.resolve(Asker).ask(null)).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: {
        pluginId: 'test.asker',
        problem: expect.stringContaining('does not declare Clock v1 under "requires"'),
      },
    });
    expect(host.isActive('test.asker')).toBe(true);
    expect(host.isActive('test.other')).toBe(true);
  });

  it('fails its call, and nothing else, when it asks for what the host does not offer', async () => {
    const plugins = [asker({ requires: [Clock] }), fakePlugin({ id: 'test.other' })];
    await using host = await startTestHost({ trustLevel, plugins });
    await expect(host.resolve(Asker).ask(null)).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: { problem: expect.stringContaining('it is not among the services of this host') },
    });
    expect(host.isActive('test.asker')).toBe(true);
  });

  it.each<[string, Implementation, string]>([
    [
      'throws',
      implement(Clock, { now: () => Promise.reject(new Error('the clock stands still')) }),
      'Clock v1.now of test.asker failed',
    ],
    [
      'breaks its contract',
      implement(Clock, { now: () => Promise.resolve('noon' as unknown as number) }),
      'must be integer',
    ],
  ])('hears when the service %s', async (_, service, problem) => {
    await using host = await startTestHost({
      trustLevel,
      services: [service],
      plugins: [asker({ requires: [Clock] })],
    });
    await expect(host.resolve(Asker).ask(null)).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: { problem: expect.stringContaining(problem) },
    });
    expect(host.isActive('test.asker')).toBe(true);
  });
});

/** A plugin that asks the clock of the host when it is asked. */
function asker({ requires = [] }: { requires?: readonly (typeof Clock)[] }) {
  const provides = ({ resolve }: PluginContext): Implementation[] => [
    implement(Asker, { ask: () => Promise.resolve(null).then((time) => resolve(Clock).now(time)) }),
  ];
  return {
    manifest: testManifest({ id: 'test.asker', provides: [Asker], requires }),
    plugin: definePlugin({ initialize: (context) => ({ provides: provides(context) }) }),
  };
}
