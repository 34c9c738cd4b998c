import { isPluginError, type PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallsInFlight } from '../lifecycle/calls-in-flight.ts';
import type { PluginChannel } from './call-channel.ts';
import type { CallDeadlines } from './call-deadlines.ts';
import type { CallGate } from './call-gate.ts';
import type { MethodCounters, PluginCounters } from './call-statistics.ts';

/** What a time is as a limit: none where it is for ever, as that is told from a number without reading the number. */
export function limitOf(timeoutMs: number): number | undefined {
  return timeoutMs === Infinity ? undefined : timeoutMs;
}

/** What all calls to one method of a plugin share: it counts and times them. */
export class MethodChannel {
  readonly deadlines: CallDeadlines;
  readonly gate: CallGate;
  readonly calls: CallsInFlight;
  readonly counters: PluginCounters;
  /** See {@link PluginChannel}, for this and the next two. */
  readonly failure: ((thrown: unknown) => PluginError) | undefined;
  readonly response: ((answer: unknown) => void) | undefined;
  readonly blocked: ((target: CallTarget, durationMs: number) => void) | undefined;
  readonly target: CallTarget;
  /** How long an answer may take when the caller does not say; missing where that is for ever. */
  readonly limitMs: number | undefined;
  readonly #method: MethodCounters;

  constructor(channel: PluginChannel, target: CallTarget) {
    this.deadlines = channel.deadlines;
    this.gate = channel.gate;
    this.calls = channel.calls;
    this.counters = channel.counters;
    this.failure = channel.failure;
    this.response = channel.response;
    this.blocked = channel.blocked;
    this.target = target;
    this.limitMs = limitOf(channel.callTimeoutMs);
    this.#method = channel.counters.method(target.capability, target.method);
  }

  /** A call was made. */
  begin(): void {
    this.calls.begin();
    this.#method.calls += 1;
  }

  /** A call has a place at the plugin: for how many its time will stand, 0 when it is not timed. */
  reach(): number {
    this.counters.inFlight += 1;
    return this.blocked ? this.#method.sampling.next() : 1; // a call to another process costs so much more than the clock
  }

  /** A call that is timed began then. */
  timed(startedAt: number): void {
    this.#method.sampling.timed(startedAt);
  }

  /** A call has given its place back, that stands for so many. */
  leave(weight: number, startedAt: number): void {
    if (weight > 0) this.#method.durations.record(performance.now() - startedAt, weight);
    this.counters.inFlight -= 1;
    this.gate.leave();
  }

  /** A call has ended, with this error if it failed. */
  end(error: unknown): void {
    if (error !== undefined) this.#method.failed(isPluginError(error) ? error.code : 'CALL_FAILED');
    this.calls.end();
  }

  /** The plugin has held up the event loop since then, for a call that stands for so many. */
  account(since: number, weight: number): void {
    if (!this.blocked) return;
    const blockedMs = performance.now() - since;
    this.#method.blockedMs += blockedMs * weight;
    this.blocked(this.target, blockedMs);
  }
}
