import { describe, expect, it } from '@jest/globals';
import { metrics, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { startPluginHost } from '@stellaops/plugin-host';
import { implement } from '@stellaops/plugin-sdk';
import { fakePlugin, recordingLogger } from '../../src/index.ts';
import { Ink, openScribe } from './scribe.ts';

const ofScribe = { plugin_id: 'test.scribe', capability: 'Scribe v1' };

describe.each(['trusted', 'untrusted'] as const)('the metrics of the calls to a plugin, %s', (trustLevel) => {
  it('count calls by method, and errors by code', async () => {
    await using metered = meter();
    await using scribe = await openScribe(trustLevel);
    await scribe.api.write('a');
    await scribe.api.write('b');
    await scribe.api.fail('no').catch(() => undefined);
    await scribe.api.hang('no', { timeoutMs: 1 }).catch(() => undefined);
    await scribe.api.write('c', { signal: AbortSignal.abort() }).catch(() => undefined);
    const collected = await metered.collect();
    expect(collected('plugin_calls_total')).toContainEqual([3, { ...ofScribe, method: 'write' }]);
    expect(collected('plugin_calls_total')).toContainEqual([1, { ...ofScribe, method: 'fail' }]);
    expect(collected('plugin_call_errors_total')).toEqual(
      expect.arrayContaining([
        [1, { ...ofScribe, method: 'fail', code: 'CALL_FAILED' }],
        [1, { ...ofScribe, method: 'hang', code: 'CALL_TIMED_OUT' }],
        [1, { ...ofScribe, method: 'write', code: 'CALL_CANCELLED' }],
      ]),
    );
  });

  it('have the durations in buckets that each hold the ones before, and the calls in flight', async () => {
    await using metered = meter();
    await using scribe = await openScribe(trustLevel);
    await scribe.api.write('a');
    const items = scribe.api.read(2)[Symbol.asyncIterator]();
    await items.next();
    const collected = await metered.collect();
    const counts = collected('plugin_call_duration_ms_bucket_total')
      .filter(([, { method }]) => method === 'write')
      .map(([count, { le }]) => ({ count, bound: Number(String(le).replace('+Inf', 'Infinity')) }));
    expect(counts.map(({ bound }) => bound)).toEqual(
      counts.map(({ bound }) => bound).toSorted((a, b) => a - b),
    );
    expect(counts.map(({ count }) => count)).toEqual(
      counts.map(({ count }) => count).toSorted((a, b) => a - b),
    );
    expect(counts.at(-1)).toEqual({ count: 1, bound: Infinity });
    expect(collected('plugin_calls_in_flight')).toEqual([[1, { plugin_id: 'test.scribe' }]]);
    await items.return?.();
    expect((await metered.collect())('plugin_calls_in_flight')).toEqual([[0, { plugin_id: 'test.scribe' }]]);
  });
});

describe('the metrics of a plugin in the process of the host', () => {
  it('tell how long it held up the event loop, and the log warns of it', async () => {
    await using metered = meter();
    await using scribe = await openScribe('trusted');
    await scribe.api.block(101);
    await scribe.api.block(101);
    const blocked = (await metered.collect())('plugin_event_loop_blocked_ms_total').find(
      ([, { method }]) => method === 'block',
    );
    expect(blocked?.[0]).toBeGreaterThanOrEqual(202);
    const warnings = scribe.logger.lines.filter(({ message }) => message.includes('held up the event loop'));
    expect(warnings).toEqual([
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({
          pluginId: 'test.scribe',
          capability: 'Scribe v1',
          method: 'block',
          durationMs: expect.any(Number),
        }),
      }),
    ]);
  });
});

describe('the metrics of a built-in plugin', () => {
  it('have nothing of its calls, for they are direct', async () => {
    await using metered = meter();
    const echo = fakePlugin({ id: 'test.echo', provides: [implement(Ink, { fill: async (text) => text })] });
    await using host = await startPluginHost({ builtIn: [echo], logger: recordingLogger() });
    expect(await host.resolve(Ink).fill('a')).toBe('a');
    const collected = await metered.collect();
    expect(collected('plugin_active_count')).toEqual([[1, { trust_level: 'builtIn' }]]);
    expect(collected('plugin_calls_total')).toEqual([]);
  });
});

/** A meter provider for one test, and what the metrics are when they are collected: value and attributes of each point, by name. */
function meter() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  const collect = async (): Promise<(name: string) => readonly (readonly [number, Attributes])[]> => {
    exporter.reset();
    await provider.forceFlush();
    const found = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return (name) =>
      found
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap((metric) =>
          metric.dataPointType === DataPointType.SUM || metric.dataPointType === DataPointType.GAUGE
            ? metric.dataPoints.map(({ value, attributes }) => [value, attributes] as const)
            : [],
        );
  };
  const dispose = async (): Promise<void> => {
    metrics.disable();
    await provider.shutdown();
  };
  return { collect, [Symbol.asyncDispose]: dispose };
}
