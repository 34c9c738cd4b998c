import { describe, expect, it } from '@jest/globals';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';
import { fakePlugin, testManifest } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

describe('a host that stops', () => {
  it('stops its plugins in reverse order, each when those that may call it have stopped', async () => {
    const order: string[] = [];
    const Ping = defineCapability({
      id: 'Ping',
      version: 1,
      methods: { ping: { request: Type.Null(), response: Type.Null() } },
    });
    const builtIn = [
      { id: 'test.a', requires: [Ping] },
      { id: 'test.b', provides: [Ping] },
      { id: 'test.c', requires: [Ping] },
    ].map((manifest) => ({
      manifest: testManifest(manifest),
      plugin: definePlugin({
        initialize: () => ({
          provides: 'provides' in manifest ? [implement(Ping, { ping: async () => null })] : [],
          start: () => void order.push(`start ${manifest.id}`),
          stop: async () => {
            order.push(`stop ${manifest.id}`);
            await new Promise(setImmediate);
            order.push(`stopped ${manifest.id}`);
          },
        }),
      }),
    }));
    const host = await startHost({ builtIn, grants: [{ capability: Ping }] });
    await host.stop();
    expect(order).toEqual([
      'start test.b',
      'start test.a',
      'start test.c',
      'stop test.c',
      'stop test.a',
      'stopped test.c',
      'stopped test.a',
      'stop test.b',
      'stopped test.b',
    ]);
    expect(host.plugins().map(({ state }) => state)).toEqual(['shutdown', 'shutdown', 'shutdown']);
  });

  it('may be stopped again, and at once by several', async () => {
    const plugin = fakePlugin();
    const host = await startHost({ builtIn: [plugin] });
    await Promise.all([host.stop(), host.stop(), host[Symbol.asyncDispose]()]);
    await host.stop();
    expect(plugin.steps).toEqual(['initialize', 'start', 'stop']);
  });

  it('is stopped when it is disposed', async () => {
    const plugin = fakePlugin();
    {
      await using host = await startHost({ builtIn: [plugin] });
      expect(host.isActive('test.fake')).toBe(true);
    }
    expect(plugin.steps).toEqual(['initialize', 'start', 'stop']);
  });

  it('starts nothing any more', async () => {
    const plugin = fakePlugin();
    const host = await startHost({ builtIn: [plugin] });
    await Promise.all([host.stop(), host.rescan()]);
    await host.rescan();
    expect(plugin.steps).toEqual(['initialize', 'start', 'stop']);
    expect(host.isActive('test.fake')).toBe(false);
  });

  it('tells each plugin by the signal of its context, before it is told to stop', async () => {
    const seen: unknown[] = [];
    const plugin = definePlugin({
      initialize: ({ signal }) => {
        signal.addEventListener('abort', () => seen.push('aborted'));
        return { stop: () => void seen.push('stop', signal.reason) };
      },
    });
    const host = await startHost({ builtIn: [{ manifest: testManifest(), plugin }] });
    expect(seen).toEqual([]);
    await host.stop();
    expect(seen).toEqual(['aborted', 'stop', expect.objectContaining({ code: 'PLUGIN_NOT_ACTIVE' })]);
  });

  it('leaves a plugin alone that has failed', async () => {
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('no') } });
    const host = await startHost({ builtIn: [broken] });
    await host.stop();
    expect(broken.steps).toEqual(['initialize', 'start', 'stop']); // told once, when its start failed
    expect(statusOf(host, 'test.broken')).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_FAILED' },
    });
  });

  it('has nothing to stop when nothing was given to it', async () => {
    const host = await startHost({});
    expect(host.plugins()).toEqual([]);
    expect(host.health()).toEqual({ status: 'healthy', plugins: [] });
    await expect(host.stop()).resolves.toBeUndefined();
  });
});
