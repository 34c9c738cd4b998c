import { describe, expect, it } from '@jest/globals';
import type { PluginSandbox } from '@stellaops/plugin-abstractions/hosting';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';
import { createPluginPackage, fakePlugin, testManifest } from '../../src/index.ts';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { Gate } from './plugins/gate.ts';
import { plugin } from './plugins/gate-plugin.ts';
import { startHost, statusOf } from './start-host.ts';

const lazy = { activation: 'onFirstCall' } as const;

describe.each(['trusted', 'untrusted'] as const)('a plugin that starts at its first call (%s)', (tier) => {
  it('is registered and offered, and nothing of it is loaded', async () => {
    await using waiting = await startGateHost(tier, { ...lazy, required: [gateId] });
    const { host, registry } = waiting;
    expect(statusOf(host, gateId)).toMatchObject({ state: 'discovery', isWaiting: true });
    expect(host.isActive(gateId)).toBe(false);
    expect(host.health().status).toBe('healthy');
    expect(host.resolve(Gate)).toBe(waiting.gate);
    expect(host.resolveAll(Gate)).toMatchObject([{ plugin: { id: gateId }, api: waiting.gate }]);
    await expect(registry.find(gateId)).resolves.toMatchObject({ status: 'discovery' });
    const events = (await registry.auditTrail({ pluginId: gateId })).map(({ event }) => event);
    expect(events).toEqual(['plugin.registered']);
  });

  it('is started once by calls that come at the same moment, and each has its answer', async () => {
    await using waiting = await startGateHost(tier, lazy);
    const { gate, host, registry } = waiting;
    const stream = Array.fromAsync(gate.follow(null));
    waiting.latch.open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => gate.version(null)));
    expect(new Set(answers)).toEqual(new Set(['1.0.0']));
    await expect(stream).resolves.toEqual(['1.0.0', '1.0.0']);
    expect(statusOf(host, gateId).state).toBe('active');
    expect(statusOf(host, gateId)).not.toHaveProperty('isWaiting');
    const started = await registry.auditTrail({ pluginId: gateId, event: 'plugin.activated' });
    expect(started).toHaveLength(1);
  });

  it('fails the calls that wait with what its start failed of, and those after it as any failed plugin', async () => {
    await using waiting = await startGateHost(tier, lazy, '6.6.6');
    const { gate, host } = waiting;
    const failed = await Promise.allSettled([gate.version(null), Array.fromAsync(gate.follow(null))]);
    expect(failed).toMatchObject([
      { status: 'rejected', reason: { code: 'LIFECYCLE_FAILED' } },
      { status: 'rejected', reason: { code: 'LIFECYCLE_FAILED' } },
    ]);
    expect(statusOf(host, gateId)).toMatchObject({ state: 'failed', error: { code: 'LIFECYCLE_FAILED' } });
    await expect(gate.version(null)).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    expect(host.health().status).toBe('degraded');
    await host.rescan();
    expect(statusOf(host, gateId)).toMatchObject({ state: 'discovery', isWaiting: true });
  });

  it('is replaced by its new version without being loaded', async () => {
    await using waiting = await startGateHost(tier, lazy);
    await waiting.put('2.0.0');
    await waiting.host.rescan();
    expect(waiting.host.plugins()).toMatchObject([{ version: '2.0.0', isWaiting: true }]);
    await expect(waiting.gate.version(null)).resolves.toBe('2.0.0');
    const versions = (await waiting.registry.auditTrail({ event: 'plugin.admitted' })).map(
      ({ version }) => version,
    );
    expect(versions).toEqual(['2.0.0']);
  });

  it('is not started any more when the host has stopped', async () => {
    await using waiting = await startGateHost(tier, lazy);
    await waiting.host.stop();
    await expect(waiting.gate.version(null)).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    expect(() => waiting.host.resolve(Gate)).toThrow('No active plugin provides Gate v1');
  });
});

describe('a call that waits for the start of its plugin', () => {
  it('has its own deadline and signal, and the start goes on', async () => {
    const started = Promise.withResolvers<void>();
    await using slow = await startSlow(started.promise);
    const controller = new AbortController();
    const calls = [
      slow.gate.version(null, { timeoutMs: 20 }),
      slow.gate.version(null, { signal: controller.signal }),
      slow.gate.version(null),
    ];
    await expect(calls[0]).rejects.toMatchObject({ code: 'CALL_TIMED_OUT', details: { timeoutMs: 20 } });
    controller.abort(new Error('the user went home'));
    await expect(calls[1]).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
    started.resolve();
    await expect(calls[2]).resolves.toBe('slow');
    expect(slow.initialized()).toBe(1);
  });

  it('has the deadline of the starting plugin where its caller says nothing', async () => {
    await using slow = await startSlow(new Promise(() => undefined), { callTimeoutMs: 20 });
    await expect(slow.gate.version(null)).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' });
    expect(statusOf(slow.host, gateId)).toMatchObject({ state: 'initialization', isWaiting: true });
  });

  it('is not waited for by the stop of the host', async () => {
    const slow = await startSlow(new Promise(() => undefined));
    const call = slow.gate.version(null);
    void call.catch(() => undefined);
    await until(() => slow.initialized() === 1);
    await slow.host.stop();
    await expect(call).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    await slow[Symbol.asyncDispose]();
  });
});

describe('a plugin that was quarantined while it waited', () => {
  it('does not start: its call is refused with the reason', async () => {
    await using waiting = await startGateHost('untrusted', lazy);
    await waiting.registry.quarantine(gateId, { actor: 'user:ada', hostId: 'console', reason: 'CVE-1' });
    await expect(waiting.gate.version(null)).rejects.toMatchObject({ code: 'REGISTRY_CONFLICT' });
    expect(statusOf(waiting.host, gateId)).toMatchObject({ state: 'failed' });
  });

  it('is refused at the next start of a host', async () => {
    await using waiting = await startGateHost('untrusted');
    await waiting.host.stop();
    await waiting.registry.disable(gateId, { actor: 'user:ada', hostId: 'console' });
    const again = startGateHost('untrusted', { ...lazy, registry: waiting.registry });
    await expect(again).rejects.toMatchObject({ code: 'CAPABILITY_NOT_PROVIDED' });
  });
});

describe('a sandbox that cannot be launched at the first call', () => {
  it('is tried again by the restart policy', async () => {
    let launches = 0;
    const good = new InMemorySandbox({ [gateId]: plugin });
    const sandbox: PluginSandbox = {
      launch: async (...given) => {
        if (++launches === 1) throw new Error('no process is left');
        return good.launch(...given);
      },
    };
    await using waiting = await startGateHost('untrusted', {
      ...lazy,
      sandbox,
      restart: { firstDelayMs: 1 },
    });
    await expect(waiting.gate.version(null)).rejects.toMatchObject({ code: 'LIFECYCLE_FAILED' });
    await until(() => waiting.host.isActive(gateId));
    expect(statusOf(waiting.host, gateId)).toMatchObject({ restarts: 1 });
  });
});

describe('a plugin that its initialization calls', () => {
  it('is started by it, however few may start at a time', async () => {
    const Ping = defineCapability({
      id: 'Ping',
      version: 1,
      methods: { ping: { request: Type.Null(), response: Type.String() } },
    });
    const heard: string[] = [];
    const asker = {
      manifest: testManifest({ id: 'test.asker', requires: [Ping] }),
      plugin: definePlugin({
        initialize: async ({ resolve }) => {
          heard.push(await resolve(Ping).ping(null));
          return {};
        },
      }),
    };
    const ponger = fakePlugin({
      id: 'test.ponger',
      provides: [implement(Ping, { ping: async () => 'pong' })],
    });
    await using directory = await createPluginPackage({
      manifest: ponger.manifest,
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({
      builtIn: [asker],
      sandbox: new InMemorySandbox({ 'test.ponger': ponger.plugin }),
      pluginPaths: [directory.directory],
      perPlugin: { 'test.ponger': lazy },
      grants: [{ capability: Ping }],
      maxParallelStarts: 1,
    });
    expect(heard).toEqual(['pong']);
    expect(host.isActive('test.asker')).toBe(true);
  });
});

describe('a built-in plugin', () => {
  it('starts with its host where all others start at their first call', async () => {
    await using host = await startHost({ ...lazy, idleStopMs: 1, builtIn: [fakePlugin()] });
    expect(host.isActive('test.fake')).toBe(true);
  });

  it('cannot be told to start later, for nothing stands before it that could wait', async () => {
    const starting = startHost({ builtIn: [fakePlugin()], perPlugin: { 'test.fake': lazy } });
    await expect(starting).rejects.toThrow("perPlugin['test.fake'].activation: a built-in plugin starts");
  });
});

/** A host with a plugin whose initialization takes until `started`. */
async function startSlow(started: Promise<void>, timeouts = {}) {
  let initialized = 0;
  const slowPlugin = definePlugin({
    initialize: async () => {
      initialized += 1;
      await started;
      return {
        provides: [
          implement(Gate, {
            version: async () => 'slow',
            hold: async () => 'slow',
            async *follow() {
              yield 'slow';
            },
          }),
        ],
      };
    },
  });
  const slow = await startGateHost('untrusted', {
    ...lazy,
    timeouts,
    sandbox: new InMemorySandbox({ [gateId]: slowPlugin }),
  });
  return {
    ...slow,
    initialized: () => initialized,
    [Symbol.asyncDispose]: () => slow[Symbol.asyncDispose](),
  };
}
