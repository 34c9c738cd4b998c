import { describe, expect, it } from '@jest/globals';
import { definePlugin } from '@stellaops/plugin-sdk';
import { fakePlugin, testManifest } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const ids = ['test.a', 'test.b', 'test.c', 'test.d', 'test.e'];

describe('a host that starts', () => {
  it('brings up as many plugins at a time as it may, in their order', async () => {
    let [coming, most] = [0, 0];
    const order: string[] = [];
    const builtIn = ids.map((id) => ({
      manifest: testManifest({ id }),
      plugin: definePlugin({
        initialize: async () => {
          order.push(id);
          most = Math.max(most, ++coming);
          await new Promise(setImmediate);
          coming--;
          return {};
        },
      }),
    }));
    await using host = await startHost({ builtIn, maxParallelStarts: 2 });
    expect(most).toBe(2);
    expect(order).toEqual(ids);
    expect(host.plugins().map(({ id, state }) => `${id} ${state}`)).toEqual(ids.map((id) => `${id} active`));
  });

  it('keeps nobody waiting for a plugin that hangs', async () => {
    const hanging = fakePlugin({ id: 'test.hanging', hangs: ['initialize'] });
    const others = ids.map((id) => fakePlugin({ id }));
    await using host = await startHost({
      builtIn: [hanging, ...others],
      timeouts: { initializeTimeoutMs: 200 },
    });
    expect(statusOf(host, 'test.hanging')).toMatchObject({ state: 'failed' });
    expect(ids.every((id) => host.isActive(id))).toBe(true);
  });

  it('gives up when its signal says so, and stops what is up already', async () => {
    const controller = new AbortController();
    const first = fakePlugin({ id: 'test.first' });
    const second = {
      manifest: testManifest({ id: 'test.second' }),
      plugin: definePlugin({
        initialize: () => {
          controller.abort(new Error('the module is not wanted any more'));
          return new Promise<never>(() => undefined);
        },
      }),
    };
    const third = fakePlugin({ id: 'test.third' });
    const builtIn = [first, second, third];
    const starting = startHost({ builtIn, maxParallelStarts: 1, signal: controller.signal });
    await expect(starting).rejects.toThrow('the module is not wanted any more');
    expect(first.steps).toEqual(['initialize', 'start', 'stop']);
    expect(third.steps).toEqual([]);
  });

  it('does not begin when its signal is aborted', async () => {
    const plugin = fakePlugin();
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(startHost({ builtIn: [plugin], signal })).rejects.toThrow('too late');
    expect(plugin.steps).toEqual([]);
  });
});

describe('a host that is stopped while a plugin comes up', () => {
  it('does not wait for it, and does not call it failed', async () => {
    const hanging = Promise.withResolvers<AbortSignal>();
    let attempts = 0;
    const slow = {
      manifest: testManifest({ id: 'test.slow' }),
      plugin: definePlugin({
        initialize: ({ signal }) => {
          if (++attempts === 1) throw new Error('not yet');
          hanging.resolve(signal);
          return new Promise<never>(() => undefined);
        },
      }),
    };
    const host = await startHost({ builtIn: [slow] });
    const rescan = host.rescan();
    const signal = await hanging.promise;
    await host.stop();
    await rescan;
    expect(signal.aborted).toBe(true);
    expect(statusOf(host, 'test.slow')).toMatchObject({ state: 'shutdown' });
    expect(statusOf(host, 'test.slow')).not.toHaveProperty('error');
  });
});
