import type { PluginChannel } from '../../src/dispatch/call-channel.ts';
import { defaultCallBounds } from '../../src/dispatch/call-bounds.ts';
import { CallDeadlines } from '../../src/dispatch/call-deadlines.ts';
import { CallGate } from '../../src/dispatch/call-gate.ts';
import { PluginCounters } from '../../src/dispatch/call-statistics.ts';
import { CallsInFlight } from '../../src/lifecycle/calls-in-flight.ts';

/** A channel of its own, as a host that says nothing makes it but for what is given. */
export function channelOf(given: Partial<PluginChannel> = {}): PluginChannel {
  return {
    callTimeoutMs: 30_000,
    deadlines: new CallDeadlines(),
    gate: new CallGate(defaultCallBounds),
    calls: new CallsInFlight(false),
    counters: new PluginCounters(),
    ...given,
  };
}
