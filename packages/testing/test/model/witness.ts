import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  lifecycleTransitions,
  type AuditEventName,
  type LifecycleState,
  type PluginCatalogue,
} from '@stellaops/plugin-abstractions/hosting';
import type { RecordingLogger } from '../../src/index.ts';

/** Sees everything that a host tells of its plugins, and says what does not fit together. */
export class Witness implements AsyncDisposable {
  readonly #logger: RecordingLogger;
  readonly #registry: PluginCatalogue;
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #provider: MeterProvider;
  /** By plugin and version. */
  readonly #states = new Map<string, LifecycleState>();
  readonly #open = new Set<string>();
  #linesRead = 0;
  #position = 0;

  constructor(logger: RecordingLogger, registry: PluginCatalogue) {
    this.#logger = logger;
    this.#registry = registry;
    const reader = new PeriodicExportingMetricReader({
      exporter: this.#exporter,
      exportIntervalMillis: 3_600_000,
    });
    this.#provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(this.#provider);
  }

  /** How many state changes it saw. */
  changes = 0;

  /** Reads what is new. Throws for a transition that the table forbids, and for a start or end in the audit trail without the other. */
  async read(): Promise<void> {
    this.#readLog();
    await this.#readTrail();
  }

  /** The instances that are active, by the audit trail. */
  get active(): readonly string[] {
    return [...this.#open].toSorted();
  }

  /** `plugin_active_count`, of all tiers. */
  async activeCount(): Promise<number> {
    this.#exporter.reset();
    await this.#provider.forceFlush();
    return this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .filter(({ descriptor }) => descriptor.name === 'plugin_active_count')
      .flatMap((metric) => (metric.dataPointType === DataPointType.SUM ? metric.dataPoints : []))
      .reduce((sum, { value }) => sum + value, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    metrics.disable();
    await this.#provider.shutdown();
  }

  #readLog(): void {
    const { lines } = this.#logger;
    for (const { fields, message } of lines.slice(this.#linesRead)) {
      const { pluginId, version, lifecycleState: state, blame, code } = fields;
      const isChange = message.startsWith('plugin is in ') || (state === 'failed' && blame !== undefined);
      if (!isChange || !isState(state)) continue;
      const instance = `${String(pluginId)} ${String(version)}`;
      const before = this.#states.get(instance) ?? 'discovery';
      // The registry is asked before anything is loaded, and what it withholds fails there.
      const isWithheld = state === 'failed' && code === 'REGISTRY_CONFLICT' && hasEnded(before);
      if (!isWithheld && !mayFollow(before, state))
        throw new Error(`${instance} went from ${before} to ${state}`);
      this.#states.set(instance, state);
      this.changes += 1;
    }
    this.#linesRead = lines.length;
  }

  async #readTrail(): Promise<void> {
    for (;;) {
      const events = await this.#registry.auditTrail({ after: this.#position });
      for (const { position, event, pluginId, version } of events) {
        this.#position = position;
        this.#pair(event, `${pluginId ?? ''} ${version ?? ''}`);
      }
      if (events.length === 0) return;
    }
  }

  #pair(event: AuditEventName, instance: string): void {
    if (event === 'plugin.activated') {
      if (this.#open.has(instance)) throw new Error(`the audit trail has ${instance} activated twice`);
      this.#open.add(instance);
    } else if (event === 'plugin.shutdown' || event === 'plugin.failed') this.#open.delete(instance);
  }
}

/** A new instance of the same version begins where the one before has ended. */
function mayFollow(before: LifecycleState, state: LifecycleState): boolean {
  const isNewInstance = state === 'discovery' || state === 'loading';
  return lifecycleTransitions[before].includes(state) || (isNewInstance && hasEnded(before));
}

function hasEnded(state: LifecycleState): boolean {
  return state === 'discovery' || state === 'shutdown' || state === 'failed';
}

function isState(state: unknown): state is LifecycleState {
  return typeof state === 'string' && Object.hasOwn(lifecycleTransitions, state);
}
