import { capabilityName } from '@stellaops/plugin-abstractions';
import type { CallInFlight } from './call-in-flight.ts';
import type { Call } from './gen/stellaops/plugin/v1/plugin.ts';
import type { Expiring } from './shared-timer.ts';

/** The longest delay of a timer: 2^31 - 1 ms. A longer one would fire at once. */
const maxTimeoutMs = 2_147_483_647;

/** A call that is being served. */
export class RunningCall implements CallInFlight, Expiring {
  readonly id: number;
  readonly capability: string;
  readonly method: string;
  readonly timeoutMs: number;
  readonly startedAt = performance.now();
  readonly expiresAt: number;
  readonly controller = new AbortController();
  readonly #giveUp: (call: RunningCall) => void;

  /** `giveUp` is called when its time is over. A stream has its time for each item, and its caller keeps it. */
  constructor(call: Call, giveUp: (call: RunningCall) => void) {
    const { id, capability, version, method, timeoutMs, streamsResponse } = call;
    this.id = id;
    this.capability = capabilityName({ id: capability, version });
    this.method = method;
    this.timeoutMs = timeoutMs;
    const isTimed = timeoutMs > 0 && !streamsResponse;
    this.expiresAt = isTimed ? this.startedAt + Math.min(timeoutMs, maxTimeoutMs) : Infinity;
    this.#giveUp = giveUp;
  }

  expire(): void {
    if (!this.controller.signal.aborted) this.#giveUp(this);
  }
}
