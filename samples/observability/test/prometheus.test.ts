import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import dashboard from '../grafana-dashboard.json' with { type: 'json' };
import { crashSandboxes } from '../src/crash.ts';
import { startSample } from '../src/sample.ts';
import { hasPrometheus, PrometheusServer } from './prometheus-server.ts';
import { until } from './until.ts';

const folder = resolve(import.meta.dirname, '..');
const alerts = readFileSync(resolve(folder, 'alerts.yaml'), 'utf8');
const describeWithPrometheus = hasPrometheus ? describe : describe.skip;
const because = hasPrometheus ? '' : ' (skipped: there is none here; apt-get install prometheus)';

const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$__rate_interval', '10s') })),
);

describeWithPrometheus(`Prometheus${because}`, () => {
  const running = new AsyncDisposableStack();
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    const logger = pino({ level: 'silent' });
    const { host, metricsUrl } = running.use(await startSample({ metricsPort: 0, healthPort: 0, logger }));
    const rules = alerts.replaceAll(/^( +for:) \S+$/gm, '$1 0s');
    prometheus = running.use(await PrometheusServer.start(new URL(metricsUrl).host, rules));
    await until('a scrape', async () => (await prometheus.query('plugin_calls_total'))[0]);
    crashSandboxes(host);
  });
  afterAll(() => running.disposeAsync());

  it.each(queries)('has data for the panel "$title": $expr', async ({ expr }) => {
    const series = await until(expr, async () => {
      const answer = await prometheus.query(expr);
      return answer.some(({ value }) => Number.isFinite(Number(value[1]))) ? answer : undefined;
    });
    expect(series.length).toBeGreaterThan(0);
  });

  it.each([
    ['PluginFailed', { plugin_id: 'stellaops.digester-untrusted' }],
    ['SandboxRestarted', {}],
  ])('fires the alert %s when a sandbox has crashed', async (alertname, labels) => {
    const alert = await until(alertname, async () =>
      (await prometheus.alerts()).find(
        (one) => one.labels['alertname'] === alertname && one.state === 'firing',
      ),
    );
    expect(alert.labels).toMatchObject(labels);
  });

  it.each([
    'plugin_active_count{trust_level="untrusted"}',
    'plugin_load_duration_ms_bucket{trust_level="untrusted",le="+Inf"}',
    'plugin_load_duration_ms_sum{trust_level="untrusted"}',
    'plugin_load_duration_ms_count{trust_level="untrusted"}',
    'plugin_failures_total{plugin_id="stellaops.digester-untrusted"}',
    'sandbox_process_restarts_total',
  ])('knows a metric under the name of the specification: %s', async (expr) => {
    const [series] = await until(expr, async () => {
      const answer = await prometheus.query(expr);
      return answer.length > 0 ? answer : undefined;
    });
    expect(series?.metric['__name__']).toBe(expr.replace(/\{.*/, ''));
  });

  it('knows no metric under a name that is not in the documentation', async () => {
    const documented = readFileSync(resolve(folder, '../../docs/observability.md'), 'utf8');
    const names = (await prometheus.query('count by (__name__) ({job="plugin-host"})'))
      .map(({ metric }) => metric['__name__'] ?? '')
      .filter((name) => /^(?:plugin|sandbox)_/.test(name))
      .toSorted();
    const undocumented = names.filter(
      (name) =>
        !documented.includes(`\`${name.replace(/(?<=load_duration_ms)_(?:bucket|sum|count)$/, '')}\``),
    );
    expect(undocumented).toEqual(['plugin_host_serving', 'plugin_registry_away', 'plugin_serving']); // of this sample itself
  });

  it.each([
    ['finds no fault with the rules', ['check', 'rules', 'alerts.yaml']],
    ['fires each alert when it should, and not before', ['test', 'rules', 'test/alerts.test.yaml']],
  ])('%s', (_, args) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });
});
