import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createNoopMeter, metrics, type Attributes, type Meter } from '@opentelemetry/api';
import { PluginError } from '@stellaops/plugin-abstractions';
import { isolationAspects, noIsolation, type PluginSandbox } from '@stellaops/plugin-abstractions/hosting';
import { startPluginHost } from '../../src/index.ts';
import { linkedPlugin, silentLogger } from '../linked-plugin.ts';

/** What was measured: name of the instrument, value, attributes. */
const measured: [string, number, Attributes][] = [];
const instruments = new Map<string, { kind: string; unit?: string | undefined }>();
metrics.setGlobalMeterProvider({ getMeter: () => recordingMeter() });

beforeEach(() => {
  measured.length = 0;
});

describe('the metrics of a host', () => {
  it('have exactly the names of the specification', async () => {
    await using _ = await startPluginHost({ logger: silentLogger });
    expect(Object.fromEntries(instruments)).toEqual({
      plugin_active_count: { kind: 'UpDownCounter' },
      plugin_load_duration_ms: { kind: 'Histogram', unit: 'ms' },
      plugin_failures_total: { kind: 'Counter' },
      sandbox_process_restarts_total: { kind: 'Counter' },
    });
  });

  it('count the active plugins by tier, up and down', async () => {
    const builtIn = [linkedPlugin('test.one'), linkedPlugin('test.other')];
    const host = await startPluginHost({ logger: silentLogger, builtIn });
    expect(of('plugin_active_count')).toEqual([
      [1, { trust_level: 'builtIn' }],
      [1, { trust_level: 'builtIn' }],
    ]);
    await host.stop();
    await host.stop();
    expect(of('plugin_active_count').reduce((sum, [value]) => sum + value, 0)).toBe(0);
    expect(of('plugin_active_count')).toHaveLength(4);
  });

  it('tell how long each plugin took from loading to active', async () => {
    await using host = await startPluginHost({ logger: silentLogger, builtIn: [linkedPlugin('test.one')] });
    expect(of('plugin_load_duration_ms')).toEqual([[expect.any(Number), { trust_level: 'builtIn' }]]);
    expect(of('plugin_load_duration_ms')[0]?.[0]).toBe(host.plugins()[0]?.loadDurationMs);
    expect(of('plugin_load_duration_ms')[0]?.[0]).toBeGreaterThanOrEqual(0);
  });

  it('count the failures by plugin, and never a plugin as active that was not', async () => {
    const broken = linkedPlugin('test.broken', { initialize: () => Promise.reject(new Error('no')) });
    const host = await startPluginHost({ logger: silentLogger, builtIn: [broken] });
    expect(measured.filter(([, value]) => value !== 0)).toEqual([
      ['plugin_failures_total', 1, { plugin_id: 'test.broken' }],
    ]);
    await host.rescan();
    expect(of('plugin_failures_total')).toHaveLength(2);
    await host.stop();
    expect(of('plugin_active_count')).toEqual([]);
  });

  it('have failures and restarts from the start, so that the first one is seen as an increase', async () => {
    await using _ = await startPluginHost({ logger: silentLogger, builtIn: [linkedPlugin('test.one')] });
    expect(measured.filter(([, value]) => value === 0)).toEqual([
      ['sandbox_process_restarts_total', 0, {}],
      ['plugin_failures_total', 0, { plugin_id: 'test.one' }],
    ]);
  });

  it('count a plugin that fails to stop as failed and no longer active', async () => {
    const stubborn = linkedPlugin('test.stubborn', { stop: () => Promise.reject(new Error('no')) });
    const host = await startPluginHost({ logger: silentLogger, builtIn: [stubborn] });
    await host.stop();
    expect(of('plugin_active_count').map(([value]) => value)).toEqual([1, -1]);
    expect(of('plugin_failures_total')).toEqual([[1, { plugin_id: 'test.stubborn' }]]);
  });

  it('count a plugin that dies as failed and no longer active', async () => {
    await using folder = await packageFolder('test.mortal');
    const deaths: PromiseWithResolvers<PluginError>[] = [];
    await using _ = await startPluginHost({
      logger: silentLogger,
      sandbox: mortalSandbox(deaths),
      waivedIsolation: isolationAspects,
      pluginPaths: [folder.path],
    });
    const [death] = deaths;
    death?.resolve(new PluginError('SANDBOX_EXITED', { pluginId: 'test.mortal', problem: 'it was killed' }));
    while (of('plugin_failures_total').length === 0) await new Promise(setImmediate);
    expect(of('plugin_active_count')).toEqual([
      [1, { trust_level: 'untrusted' }],
      [-1, { trust_level: 'untrusted' }],
    ]);
    expect(of('plugin_failures_total')).toEqual([[1, { plugin_id: 'test.mortal' }]]);
    expect(of('sandbox_process_restarts_total')).toEqual([]);
  });

  it('count the restart of a sandbox that had ended', async () => {
    await using folder = await packageFolder('test.mortal');
    const deaths: PromiseWithResolvers<PluginError>[] = [];
    const host = await startPluginHost({
      logger: silentLogger,
      sandbox: mortalSandbox(deaths),
      waivedIsolation: isolationAspects,
      restart: { maxRestarts: 1, firstDelayMs: 1 },
      pluginPaths: [folder.path],
    });
    deaths[0]?.resolve(
      new PluginError('SANDBOX_EXITED', { pluginId: 'test.mortal', problem: 'it was killed' }),
    );
    while (deaths.length < 2) await new Promise(setImmediate);
    await host.stop();
    expect(of('sandbox_process_restarts_total')).toEqual([[1, {}]]);
  });
});

/** Each instance ends when its death is resolved. */
function mortalSandbox(deaths: PromiseWithResolvers<PluginError>[]): PluginSandbox {
  return {
    launch: async ({ descriptor }) => {
      const death = Promise.withResolvers<PluginError>();
      deaths.push(death);
      return {
        plugin: linkedPlugin('test.mortal').plugin.create(descriptor),
        isolation: noIsolation('none'),
        ended: death.promise,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

function of(name: string): [number, Attributes][] {
  return measured
    .filter(([instrument, value]) => instrument === name && (value !== 0 || name.endsWith('_ms')))
    .map(([, value, attributes]) => [value, attributes]);
}

/** A meter that keeps what it is told. */
function recordingMeter(): Meter {
  const instrument = (kind: string) => (name: string, options?: { unit?: string }) => {
    instruments.set(name, { kind, ...(options?.unit !== undefined && { unit: options.unit }) });
    const measure = (value: number, attributes: Attributes = {}): void =>
      void measured.push([name, value, attributes]);
    return { add: measure, record: measure };
  };
  return Object.assign(createNoopMeter(), {
    createUpDownCounter: instrument('UpDownCounter'),
    createHistogram: instrument('Histogram'),
    createCounter: instrument('Counter'),
  });
}

async function packageFolder(id: string) {
  const path = await mkdtemp(join(tmpdir(), 'stella-metrics-'));
  await writeFile(join(path, 'plugin.json'), JSON.stringify(linkedPlugin(id).manifest));
  await writeFile(join(path, 'plugin.js'), '');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
