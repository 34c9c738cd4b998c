import type { PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallsInFlight } from '../lifecycle/calls-in-flight.ts';
import type { CallDeadlines } from './call-deadlines.ts';
import type { CallGate } from './call-gate.ts';
import type { PluginCounters } from './call-statistics.ts';

/** What all calls to one instance of a plugin share. */
export interface PluginChannel {
  /** How long an answer may take when the caller does not say. */
  readonly callTimeoutMs: number;
  readonly deadlines: CallDeadlines;
  readonly gate: CallGate;
  readonly calls: CallsInFlight;
  readonly counters: PluginCounters;
  /** What a call failed of, of what the implementation threw; missing where that is an error of the framework already. */
  readonly failure?: ((thrown: unknown) => PluginError) | undefined;
  /** Looks at an answer, and throws how the call fails by it; missing where nobody looks. */
  readonly response?: ((answer: unknown) => void) | undefined;
  /** Told how long code of the plugin held up the event loop; missing where it runs in another process. */
  readonly blocked?: ((target: CallTarget, durationMs: number) => void) | undefined;
}

/** The instance has ended: what it has not answered is given up, and so is whatever comes later. */
export function closeChannel({ gate, deadlines }: PluginChannel, reason: Error): void {
  gate.closed = reason;
  for (const entry of deadlines.all()) if (entry.owner === gate) entry.giveUp(reason);
}
