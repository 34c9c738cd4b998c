import type { CrashReport, UnansweredCall } from '@stellaops/plugin-abstractions/hosting';
import type { EndMoment } from './end-record.ts';
import type { EndExplanation } from './explain-end.ts';
import { printable } from '../wire/printable.ts';
import type { SandboxExit } from './sandbox-process.ts';
import type { Secrets } from './secrets.ts';

const maxLineLength = 500;
const maxNameLength = 200;
const maxCalls = 20;

/** Outside text as a report may show it: without secrets, on one line. */
export function reportLine(secrets: Secrets, text: string): string {
  return printable(secrets.redact(text), maxLineLength);
}

/** The record of an end. What came from the plugin is bounded, escaped and without secrets. */
export function writeCrashReport(
  { cause, problem }: EndExplanation,
  { at, instant, uptimeMs, calls }: EndMoment,
  { code, signal, peakMemoryMiB, cpuMs, throttledMs }: SandboxExit,
  recentLines: readonly string[],
  secrets: Secrets,
): CrashReport {
  const inFlight = [
    ...calls.toPlugin.map((call) => ({ call, direction: 'toPlugin' }) as const),
    ...calls.toHost.map((call) => ({ call, direction: 'toHost' }) as const),
  ].toSorted((one, other) => one.call.startedAt - other.call.startedAt);
  const name = (text: string): string => printable(secrets.redact(text), maxNameLength);
  return {
    cause,
    problem,
    at,
    uptimeMs,
    ...(code !== undefined && { exitCode: code }),
    ...(signal !== undefined && { signal }),
    ...(peakMemoryMiB !== undefined && { peakMemoryMiB }),
    ...(cpuMs !== undefined && { cpuMs }),
    ...(throttledMs !== undefined && { throttledMs }),
    lastLines: recentLines.map((line) => reportLine(secrets, line)),
    callsInFlightCount: inFlight.length,
    callsInFlight: inFlight.slice(0, maxCalls).map(({ call, direction }): UnansweredCall => ({
      direction,
      capability: name(call.capability),
      method: name(call.method),
      ageMs: Math.round(instant - call.startedAt),
    })),
  };
}
