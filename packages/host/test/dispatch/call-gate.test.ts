import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defineCapability, type CapabilityApi } from '@stellaops/plugin-abstractions';
import { bounded } from '../../src/dispatch/bounded.ts';
import type { CallBounds } from '../../src/dispatch/call-bounds.ts';
import type { PluginChannel } from '../../src/dispatch/call-channel.ts';
import { CallGate } from '../../src/dispatch/call-gate.ts';
import { wrapApi } from '../../src/dispatch/call-link.ts';
import { channelOf } from './channel-of.ts';

const Desk = defineCapability({
  id: 'Desk',
  version: 1,
  methods: {
    serve: { request: { type: 'string' }, response: { type: 'string' } },
    list: { request: { type: 'string' }, responseStream: { type: 'string' } },
  },
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a plugin that is given more calls than it may have', () => {
  it('works at as many as it may, and takes the others as they came', async () => {
    const desk = openDesk({ maxConcurrent: 2 });
    const calls = ['a', 'b', 'c', 'd'].map((name) => desk.api.serve(name));
    expect(desk.begun).toEqual(['a', 'b']);
    desk.finish('b');
    expect(await calls[1]).toBe('b');
    expect(desk.channel.counters).toMatchObject({ inFlight: 2, queued: 1 });
    desk.finish('a');
    desk.finish('c');
    await Promise.all([calls[0], calls[2]]);
    expect(desk.begun).toEqual(['a', 'b', 'c', 'd']);
    desk.finish('d');
    await calls[3];
    expect(desk.channel.calls.count).toBe(0);
    expect(desk.channel.counters).toMatchObject({ inFlight: 0, queued: 0, waits: 2 });
  });

  it('has a call refused when as many wait as may, and the error names limit and option', async () => {
    const desk = openDesk({ maxConcurrent: 1, maxQueued: 1 });
    const accepted = ['a', 'b'].map((name) => desk.api.serve(name));
    await expect(desk.api.serve('c')).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      details: { pluginId: 'test.desk', method: 'serve', limitCount: 2, option: 'calls.maxQueued' },
    });
    expect(desk.channel.calls.count).toBe(2);
    desk.finish('a');
    await accepted[0];
    desk.finish('b');
    expect(await accepted[1]).toBe('b');
  });

  it('times a call from when it came, waiting included, and one that was refused not at all', async () => {
    jest.useFakeTimers();
    const desk = openDesk({ maxConcurrent: 1, maxQueued: 1 });
    const calls = ['a', 'b', 'c'].map((name) => desk.api.serve(name).catch(() => undefined));
    await jest.advanceTimersByTimeAsync(30);
    desk.finish('a');
    desk.finish('b');
    await Promise.all(calls);
    const [durations] = desk.channel.counters.methods.map((method) => method.durations);
    expect(durations?.sumMs).toBe(60);
    expect(durations?.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('is not blamed for the time that a call waited', async () => {
    jest.useFakeTimers();
    const held: number[] = [];
    const desk = openDesk({ maxConcurrent: 1 }, { blocked: (_, durationMs) => void held.push(durationMs) });
    const calls = ['a', 'b'].map((name) => desk.api.serve(name));
    await jest.advanceTimersByTimeAsync(500);
    desk.finish('a');
    desk.finish('b');
    await Promise.all(calls);
    expect(held).toEqual([0, 0]);
  });

  it('lets nobody wait where the bound of the line is 0', async () => {
    const desk = openDesk({ maxConcurrent: 1, maxQueued: 0 });
    const first = desk.api.serve('a');
    await expect(desk.api.serve('b')).rejects.toMatchObject({ code: 'CALL_REFUSED' });
    desk.finish('a');
    await first;
    desk.finish('c');
    expect(await desk.api.serve('c')).toBe('c');
  });

  it('has a call refused that waited too long, and gives its place in the line to nobody', async () => {
    jest.useFakeTimers();
    const desk = openDesk({ maxConcurrent: 1, queueTimeoutMs: 50 });
    const first = desk.api.serve('a');
    const late = desk.api.serve('b').catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(49);
    expect(desk.channel.counters.queued).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await late).toMatchObject({
      code: 'CALL_REFUSED',
      details: { limitCount: 1, option: 'calls.queueTimeoutMs' },
      cause: new Error('it waited 50 ms for one of them to end'),
    });
    desk.finish('a');
    await first;
    expect(desk.begun).toEqual(['a']);
    expect(desk.channel.counters).toMatchObject({ queued: 0, waits: 1, waitedMs: 50 });
  });

  it('ends a call that waits when its own time is over, or its caller gives up', async () => {
    jest.useFakeTimers();
    const desk = openDesk({ maxConcurrent: 1 });
    const first = desk.api.serve('a');
    const controller = new AbortController();
    const late = desk.api.serve('b', { timeoutMs: 10 }).catch((error: unknown) => error);
    const left = desk.api.serve('c', { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort('tired');
    expect(await left).toMatchObject({ code: 'CALL_CANCELLED', details: { problem: 'tired' } });
    await jest.advanceTimersByTimeAsync(10);
    expect(await late).toMatchObject({ code: 'CALL_TIMED_OUT', details: { timeoutMs: 10 } });
    desk.finish('a');
    await first;
    expect(desk.begun).toEqual(['a']);
    expect(desk.channel.calls.count).toBe(0);
  });

  it('counts a stream from its first item to its end, and has the next call wait for that', async () => {
    const desk = openDesk({ maxConcurrent: 1 });
    const items = desk.api.list('abc')[Symbol.asyncIterator]();
    expect(desk.channel.calls.count).toBe(0);
    await items.next();
    expect(desk.channel.calls.count).toBe(1);
    const call = desk.api.serve('a');
    expect(desk.begun).toEqual([]);
    await items.return?.();
    desk.finish('a');
    expect(await call).toBe('a');
    expect(desk.channel.calls.count).toBe(0);
  });

  it('gives the place of a call that was given up to the next one, though the plugin hangs', async () => {
    const desk = openDesk({ maxConcurrent: 1 });
    const controller = new AbortController();
    const hanging = desk.api.serve('a', { signal: controller.signal });
    const next = desk.api.serve('b');
    controller.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
    desk.finish('b');
    expect(await next).toBe('b');
  });
});

/** A plugin that answers a call when it is told to, behind its bounds. */
function openDesk(bounds: Partial<CallBounds>, given: Partial<PluginChannel> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const end = (name: string): PromiseWithResolvers<string> => {
    const known = ends.get(name) ?? Promise.withResolvers<string>();
    ends.set(name, known);
    return known;
  };
  const gate = new CallGate({
    maxConcurrent: 10,
    maxQueued: 10,
    queueTimeoutMs: 1000,
    blockedWarningMs: 100,
    ...bounds,
  });
  const channel: PluginChannel = channelOf({ gate, ...given });
  const implementation = {
    serve: (name: string) => {
      begun.push(name);
      return end(name).promise;
    },
    async *list(letters: string) {
      yield* letters;
    },
  } as CapabilityApi<typeof Desk.methods>; // the schemas are plain data, and say no more
  const api = wrapApi(Desk, 'test.desk', implementation, [bounded(channel)]);
  return { api, begun, channel, finish: (name: string) => end(name).resolve(name) };
}
