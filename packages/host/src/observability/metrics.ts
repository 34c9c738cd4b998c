import { metrics, type Meter } from '@opentelemetry/api';
import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';

/** The metrics of the specification, under its names. They go nowhere until the application registers a meter provider. */
export class HostMetrics {
  readonly #active;
  readonly #loadDuration;
  readonly #failures;
  readonly #restarts;

  constructor(meter: Meter = metrics.getMeter('@stellaops/plugin-host')) {
    this.#active = meter.createUpDownCounter('plugin_active_count', {
      description: 'Plugins that are active',
    });
    this.#loadDuration = meter.createHistogram('plugin_load_duration_ms', {
      unit: 'ms',
      description: 'From loading to active',
    });
    this.#failures = meter.createCounter('plugin_failures_total', {
      description: 'Times that a plugin failed',
    });
    this.#restarts = meter.createCounter('sandbox_process_restarts_total', {
      description: 'Sandboxes that were started again after they had ended by themselves',
    });
    this.#restarts.add(0); // who collects it sees the first one as an increase
  }

  /** A plugin is there, and may fail. */
  known(pluginId: string): void {
    this.#failures.add(0, { plugin_id: pluginId });
  }

  activated(trustLevel: PluginTrustLevel, loadDurationMs: number): void {
    this.#active.add(1, { trust_level: trustLevel });
    this.#loadDuration.record(loadDurationMs, { trust_level: trustLevel });
  }

  deactivated(trustLevel: PluginTrustLevel): void {
    this.#active.add(-1, { trust_level: trustLevel });
  }

  failed(pluginId: string): void {
    this.#failures.add(1, { plugin_id: pluginId });
  }

  restarted(): void {
    this.#restarts.add(1);
  }
}
