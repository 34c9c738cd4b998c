import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  defineCapability,
  PluginError,
  type CallOptions,
  type CapabilityApi,
} from '@stellaops/plugin-abstractions';
import { bounded } from '../../src/dispatch/bounded.ts';
import { wrapApi } from '../../src/dispatch/call-link.ts';
import { channelOf } from './channel-of.ts';

const Counter = defineCapability({
  id: 'Counter',
  version: 1,
  methods: {
    next: { request: { type: 'null' }, response: { type: 'integer' } },
    count: { request: { type: 'null' }, responseStream: { type: 'integer' } },
  },
});
type Counting = CapabilityApi<typeof Counter.methods>;

afterEach(() => {
  jest.useRealTimers();
});

describe('a bounded call', () => {
  it('tells the plugin how long it may take, and gives it a signal of its own', async () => {
    const told: CallOptions[] = [];
    const api = boundedApi({ next: (_, options = {}) => Promise.resolve(told.push(options)) });
    const { signal } = new AbortController();
    await api.next(null, { signal });
    await api.next(null, { timeoutMs: 7 });
    expect(told.map(({ timeoutMs }) => timeoutMs)).toEqual([100, 7]);
    expect(told[0]?.signal).not.toBe(signal);
  });

  it('hands on the error of the framework for which its signal was aborted', async () => {
    const reason = new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: 'test.one', state: 'shutdown' });
    const api = boundedApi({ next: () => Promise.resolve(1) });
    await expect(api.next(null, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('says why its caller gave up', async () => {
    const api = boundedApi({ next: () => Promise.resolve(1) });
    await expect(api.next(null, { signal: AbortSignal.abort('tired') })).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
      details: { pluginId: 'test.one', capability: 'Counter v1', method: 'next', problem: 'tired' },
    });
  });
});

describe('a bounded stream', () => {
  it('has its deadline anew for each item, so that it lives as long as it flows', async () => {
    jest.useFakeTimers();
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const items = iterate(
      boundedApi({
        async *count() {
          for (const [index, gate] of gates.entries()) {
            await gate.promise;
            yield index;
          }
          await new Promise(() => undefined);
        },
      }).count(null),
    );
    for (const [index, gate] of gates.entries()) {
      const item = items.next();
      await jest.advanceTimersByTimeAsync(99);
      gate.resolve();
      expect(await item).toEqual({ value: index, done: false });
    }
    const last = items.next().catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(100);
    expect(await last).toMatchObject({ code: 'CALL_TIMED_OUT', details: { timeoutMs: 100 } });
  });

  it('does not begin before somebody asks for its first item', async () => {
    const begun: string[] = [];
    const stream = boundedApi({
      async *count() {
        begun.push('begun');
        yield 1;
      },
    }).count(null);
    expect(begun).toEqual([]);
    expect(await Array.fromAsync(stream)).toEqual([1]);
    expect(begun).toEqual(['begun']);
  });

  it('tells the plugin at once when its caller gives up, though nobody waits for an item', async () => {
    const controller = new AbortController();
    const told: AbortSignal[] = [];
    const items = iterate(
      boundedApi({
        async *count(_, options) {
          if (options?.signal) told.push(options.signal);
          yield 1;
          yield 2;
        },
      }).count(null, { signal: controller.signal }),
    );
    await items.next();
    expect(told[0]?.aborted).toBe(false);
    controller.abort(new Error('enough'));
    expect(told[0]?.aborted).toBe(true);
    await expect(items.next()).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
      details: { problem: 'enough' },
    });
  });

  it('lets the plugin clean up, and waits neither for that nor for what hangs', async () => {
    const seen: unknown[] = [];
    const stream = boundedApi({
      async *count(_, options) {
        options?.signal?.addEventListener('abort', () => seen.push('aborted'));
        try {
          yield 1;
        } finally {
          seen.push('cleaning up');
          await new Promise(() => undefined);
        }
      },
    }).count(null);
    for await (const item of stream) {
      seen.push(item);
      break;
    }
    expect(seen).toEqual([1, 'aborted', 'cleaning up']);
  });
});

/** The implementation of one method, behind a bound of 100 ms. */
function boundedApi(api: Partial<Counting>): Counting {
  return wrapApi(Counter, 'test.one', api as Counting, [bounded(channelOf({ callTimeoutMs: 100 }))]); // a test calls what it gave
}

function iterate<Item>(items: AsyncIterable<Item>): AsyncIterator<Item> {
  return items[Symbol.asyncIterator]();
}
