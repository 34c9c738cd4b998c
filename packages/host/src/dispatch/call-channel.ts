import type { PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallsInFlight } from '../lifecycle/calls-in-flight.ts';
import type { CallDeadlines } from './call-deadlines.ts';
import type { CallGate } from './call-gate.ts';
import type { MethodCounters, PluginCounters } from './call-statistics.ts';

/** What all calls to one instance of a plugin share. */
export interface PluginChannel {
  /** How long an answer may take when the caller does not say. */
  readonly callTimeoutMs: number;
  readonly deadlines: CallDeadlines;
  readonly gate: CallGate;
  readonly calls: CallsInFlight;
  readonly counters: PluginCounters;
  /** Aborted when the instance ends: what it has not answered is given up then. Missing where nothing ends. */
  readonly ended?: AbortSignal;
  /** What a call failed of, of what the implementation threw; missing where that is an error of the framework already. */
  readonly failure?: (thrown: unknown) => PluginError;
  /** Looks at an answer, and throws how the call fails by it; missing where nobody looks. */
  readonly response?: (answer: unknown) => void;
  /** Told how long code of the plugin held up the event loop; missing where it runs in another process. */
  readonly blocked?: (target: CallTarget, durationMs: number) => void;
}

/** What all calls to one method of it share. */
export interface MethodChannel extends PluginChannel {
  readonly target: CallTarget;
  readonly method: MethodCounters;
}
