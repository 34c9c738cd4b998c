import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defineCapability, PluginError, type CapabilityApi } from '@stellaops/plugin-abstractions';
import { attributed } from '../../src/dispatch/attributed.ts';
import { bounded } from '../../src/dispatch/bounded.ts';
import { closeChannel } from '../../src/dispatch/call-channel.ts';
import { wrapApi } from '../../src/dispatch/call-link.ts';
import { CallLedger } from '../../src/dispatch/call-statistics.ts';
import { LatencyHistogram, quantileMs } from '../../src/dispatch/latency-histogram.ts';
import { channelOf } from './channel-of.ts';

const Clock = defineCapability({
  id: 'Clock',
  version: 1,
  methods: {
    wait: { request: { type: 'number' }, response: { type: 'null' } },
    tick: { request: { type: 'null' }, responseStream: { type: 'number' } },
  },
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the statistics of a plugin', () => {
  it('are exact counts of calls and of errors by their code', async () => {
    const { api, ledger } = openClock();
    jest.useFakeTimers();
    const calls = [
      api.wait(1),
      api.wait(5),
      api.wait(-1).catch(() => undefined),
      api.wait(1000, { timeoutMs: 10 }).catch(() => undefined),
      api.wait(1, { signal: AbortSignal.abort() }).catch(() => undefined),
    ];
    expect(ledger.statistics('test.clock')).toMatchObject({ calls: 5, inFlight: 4 });
    await jest.advanceTimersByTimeAsync(10);
    await Promise.all(calls);
    expect(ledger.statistics('test.clock')).toEqual({
      calls: 5,
      errors: 3,
      errorsByCode: { CALL_FAILED: 1, CALL_TIMED_OUT: 1, CALL_CANCELLED: 1 },
      refused: 0,
      cancelled: 1,
      timedOut: 1,
      inFlight: 0,
      queued: 0,
      p50Ms: expect.any(Number),
      p99Ms: expect.any(Number),
      blockedMs: 0,
    });
  });

  it('count a stream once, left early or not, and one that fails as an error', async () => {
    const { api, ledger } = openClock();
    for await (const tick of api.tick(null)) if (tick === 2) break;
    await expect(Array.fromAsync(api.tick(null))).rejects.toMatchObject({ code: 'CALL_FAILED' });
    expect(ledger.statistics('test.clock')).toMatchObject({
      calls: 2,
      errorsByCode: { CALL_FAILED: 1 },
      inFlight: 0,
    });
  });

  it('are missing for a plugin of which the host sees no calls', () => {
    expect(new CallLedger().statistics('test.linked')).toBeUndefined();
  });
});

describe('an instance that has ended', () => {
  it('gives up what it has not answered, also a stream that nobody reads at the moment', async () => {
    const { api, channel } = openClock();
    const items = api.tick(null)[Symbol.asyncIterator]();
    await items.next();
    const error = new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: 'test.clock', state: 'shutdown' });
    closeChannel(channel, error);
    await expect(items.next()).rejects.toBe(error);
  });
});

describe('a histogram of durations', () => {
  it.each([
    [0.5, [1, 1, 1, 100], 1],
    [0.99, [1, 1, 1, 100], 100],
    [0.5, [0.0001], 0.0005],
    [1, [4_000_000], 2 ** 30 / 1000],
  ])('gives the part %d of %j within a factor of two', (part, durations, expected) => {
    const histogram = new LatencyHistogram();
    for (const duration of durations) histogram.record(duration);
    const found = quantileMs([histogram], part) ?? 0;
    expect(found).toBeGreaterThanOrEqual(expected / 2);
    expect(found).toBeLessThanOrEqual(expected * 2.05);
  });

  it('has no quantile before the first call', () => {
    expect(quantileMs([new LatencyHistogram()], 0.5)).toBeUndefined();
  });
});

/** A plugin that answers after so many milliseconds, with what is counted of its calls. */
function openClock() {
  const ledger = new CallLedger();
  const implementation = {
    wait: (ms: number) =>
      new Promise((resolve, reject) => {
        if (ms < 0) reject(new Error('that was before'));
        else setTimeout(() => resolve(null), ms);
      }),
    async *tick() {
      yield* [1, 2];
      throw new Error('it is broken');
    },
  } as unknown as CapabilityApi<typeof Clock.methods>; // the schemas are plain data, and say no more
  const channel = channelOf({ counters: ledger.of('test.clock') });
  return {
    ledger,
    channel,
    api: wrapApi(Clock, 'test.clock', implementation, [bounded(channel), attributed]),
  };
}
