import {
  metrics,
  type Attributes,
  type BatchObservableCallback,
  type BatchObservableResult,
  type Meter,
  type Observable,
} from '@opentelemetry/api';
import type { SandboxUsage } from '@stellaops/plugin-abstractions/hosting';
import type { CallLedger, MethodCounters, PluginCounters } from '../dispatch/call-statistics.ts';
import { bucketBoundsMs } from '../dispatch/latency-histogram.ts';
import { usageInTime } from './usage-in-time.ts';

/** A sandbox that runs, and how to learn what it uses. */
interface MeasuredSandbox {
  readonly pluginId: string;
  readonly usage: () => Promise<SandboxUsage>;
}

/** Where the figures come from. */
interface Sources {
  readonly ledger: CallLedger;
  readonly sandboxes: () => readonly MeasuredSandbox[];
}

/** Every second bound from 16 microseconds to a minute: a series each, for every method. */
const exportedBounds = bucketBoundsMs
  .map((boundMs, index) => ({ boundMs, index }))
  .filter(({ boundMs, index }) => index % 2 === 0 && boundMs > 0.01 && boundMs < 100_000);

/**
 * The metrics of calls and sandboxes. Nothing is measured for them: what is counted anyway is read when the application collects its
 * metrics. Returns what ends that. They go nowhere when the application had registered no meter provider before.
 */
export function collectMetrics(
  sources: Sources,
  meter: Meter = metrics.getMeter('@stellaops/plugin-host'),
): () => void {
  const instruments = instrumentsOf(meter);
  const observe: BatchObservableCallback = async (result) => {
    for (const [pluginId, counters] of sources.ledger.plugins())
      observeCalls(result, instruments, { plugin_id: pluginId }, counters);
    await Promise.all(sources.sandboxes().map((sandbox) => observeSandbox(result, instruments, sandbox)));
  };
  const all = Object.values(instruments);
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

type Instruments = ReturnType<typeof instrumentsOf>;

function instrumentsOf(meter: Meter) {
  const counter = (name: string, description: string, unit?: string): Observable =>
    meter.createObservableCounter(name, { description, ...(unit !== undefined && { unit }) });
  const gauge = (name: string, description: string, unit?: string): Observable =>
    meter.createObservableGauge(name, { description, ...(unit !== undefined && { unit }) });
  return {
    calls: counter('plugin_calls_total', 'Calls that were made, those that were refused included'),
    errors: counter('plugin_call_errors_total', 'Calls that failed, by the code of their error'),
    durationBuckets: counter(
      'plugin_call_duration_ms_bucket_total',
      'Calls that took no longer than `le` milliseconds, their wait included',
    ),
    durationSum: counter('plugin_call_duration_ms_sum_total', 'What all calls took together', 'ms'),
    blocked: counter(
      'plugin_event_loop_blocked_ms_total',
      'How long code of the plugin held up the event loop of the host when it was called',
      'ms',
    ),
    inFlight: gauge('plugin_calls_in_flight', 'Calls that the plugin works at'),
    queued: gauge('plugin_calls_queued', 'Calls that wait for others to end'),
    waits: counter('plugin_call_waits_total', 'Calls that had to wait for others to end'),
    waited: counter('plugin_call_wait_ms_total', 'How long they waited together', 'ms'),
    memory: gauge('sandbox_memory_bytes', 'Memory of the sandbox, its temporary files included', 'By'),
    cpu: counter('sandbox_cpu_ms_total', 'Processor time of the sandbox', 'ms'),
    sent: counter('sandbox_sent_bytes_total', 'Bytes that the host sent to the sandbox', 'By'),
    received: counter('sandbox_received_bytes_total', 'Bytes that the sandbox sent to the host', 'By'),
    dropped: counter(
      'sandbox_log_lines_dropped_total',
      'Log lines that were dropped: the plugin logs too much',
    ),
  };
}

function observeCalls(
  result: BatchObservableResult,
  instruments: Instruments,
  plugin: Attributes,
  counters: PluginCounters,
): void {
  result.observe(instruments.inFlight, counters.inFlight, plugin);
  result.observe(instruments.queued, counters.queued, plugin);
  result.observe(instruments.waits, counters.waits, plugin);
  result.observe(instruments.waited, counters.waitedMs, plugin);
  for (const method of counters.methods) {
    const { capability, method: name, errors, durations } = method;
    const attributes = { ...plugin, capability, method: name };
    result.observe(instruments.calls, method.calls, attributes);
    for (const [code, count] of errors) result.observe(instruments.errors, count, { ...attributes, code });
    result.observe(instruments.durationSum, durations.sumMs, attributes);
    result.observe(instruments.blocked, method.blockedMs, attributes);
    for (const [le, count] of cumulated(method))
      result.observe(instruments.durationBuckets, count, { ...attributes, le });
  }
}

/** As Prometheus counts buckets: each has the calls of all before it. */
function cumulated({ durations: { counts } }: MethodCounters): readonly (readonly [string, number])[] {
  const upTo = (end: number): number => counts.subarray(0, end).reduce((sum, count) => sum + count, 0);
  const bounded = exportedBounds.map(({ boundMs, index }) => [String(boundMs), upTo(index + 1)] as const);
  return [...bounded, ['+Inf', upTo(counts.length)]];
}

async function observeSandbox(
  result: BatchObservableResult,
  instruments: Instruments,
  { pluginId, usage }: MeasuredSandbox,
): Promise<void> {
  const used = await usageInTime(usage);
  if (!used) return;
  const figures = [
    [instruments.memory, used.memoryBytes],
    [instruments.cpu, used.cpuMs],
    [instruments.sent, used.sentBytes],
    [instruments.received, used.receivedBytes],
    [instruments.dropped, used.droppedLogLines],
  ] as const;
  for (const [instrument, value] of figures)
    if (value !== undefined) result.observe(instrument, value, { plugin_id: pluginId });
}
