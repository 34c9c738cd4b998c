import type { PluginErrorCode } from '@stellaops/plugin-abstractions';
import { CallSampling } from './call-sampling.ts';
import { LatencyHistogram, quantileMs } from './latency-histogram.ts';

/** What is known of the calls to one plugin, all of its versions and instances together, since the host started. */
export interface CallStatistics {
  /** Calls that were made, those included that were refused. */
  readonly calls: number;
  /** Calls that failed, for whatever reason. */
  readonly errors: number;
  readonly errorsByCode: Readonly<Partial<Record<PluginErrorCode, number>>>;
  /** Failed with `CALL_REFUSED`, `CALL_CANCELLED`, `CALL_TIMED_OUT`. */
  readonly refused: number;
  readonly cancelled: number;
  readonly timedOut: number;
  /** Calls that the plugin works at now. */
  readonly inFlight: number;
  /** Calls that wait for others to end. */
  readonly queued: number;
  /**
   * From the call to its end, waiting included, right within a factor of two; missing while there was no call. Of many calls to a plugin in
   * this process by samples.
   */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** How long code of the plugin held up the event loop of the host, from the call until it returned its promise. */
  readonly blockedMs: number;
}

/** The counters of one method of a plugin. */
export class MethodCounters {
  readonly capability: string;
  readonly method: string;
  /** Of calls that reached the plugin. */
  readonly durations = new LatencyHistogram();
  readonly sampling = new CallSampling();
  readonly errors = new Map<PluginErrorCode, number>();
  calls = 0;
  blockedMs = 0;

  constructor(capability: string, method: string) {
    this.capability = capability;
    this.method = method;
  }

  failed(code: PluginErrorCode): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}

/** The counters of one plugin. */
export class PluginCounters {
  readonly #methods = new Map<string, MethodCounters>();
  inFlight = 0;
  queued = 0;
  /** Calls that had to wait, and how long they did, so far. */
  waits = 0;
  waitedMs = 0;

  get methods(): readonly MethodCounters[] {
    return [...this.#methods.values()];
  }

  method(capability: string, method: string): MethodCounters {
    const key = `${capability}.${method}`;
    const counters = this.#methods.get(key) ?? new MethodCounters(capability, method);
    this.#methods.set(key, counters);
    return counters;
  }
}

/** The counters of all plugins of a host, by id: a plugin keeps them when it is restarted or replaced. */
export class CallLedger {
  readonly #plugins = new Map<string, PluginCounters>();

  of(pluginId: string): PluginCounters {
    const counters = this.#plugins.get(pluginId) ?? new PluginCounters();
    this.#plugins.set(pluginId, counters);
    return counters;
  }

  plugins(): Iterable<readonly [string, PluginCounters]> {
    return this.#plugins;
  }

  /** As plain data; `undefined` for a plugin that never was called through the host, as no built-in plugin is. */
  statistics(pluginId: string): CallStatistics | undefined {
    const counters = this.#plugins.get(pluginId);
    return counters && statisticsOf(counters);
  }
}

function statisticsOf({ methods, inFlight, queued }: PluginCounters): CallStatistics {
  const errorsByCode: Partial<Record<PluginErrorCode, number>> = {};
  let [calls, errors, blockedMs] = [0, 0, 0];
  for (const method of methods) {
    calls += method.calls;
    blockedMs += method.blockedMs;
    for (const [code, count] of method.errors) {
      errors += count;
      errorsByCode[code] = (errorsByCode[code] ?? 0) + count;
    }
  }
  const durations = methods.map((method) => method.durations);
  const [p50Ms, p99Ms] = [quantileMs(durations, 0.5), quantileMs(durations, 0.99)];
  return {
    calls,
    errors,
    errorsByCode,
    refused: errorsByCode.CALL_REFUSED ?? 0,
    cancelled: errorsByCode.CALL_CANCELLED ?? 0,
    timedOut: errorsByCode.CALL_TIMED_OUT ?? 0,
    inFlight,
    queued,
    ...(p50Ms !== undefined && { p50Ms }),
    ...(p99Ms !== undefined && { p99Ms }),
    blockedMs,
  };
}
