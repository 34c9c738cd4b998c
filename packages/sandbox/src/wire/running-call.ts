import { capabilityName } from '@stellaops/plugin-abstractions';
import type { CallInFlight } from './call-in-flight.ts';
import type { Call } from './gen/stellaops/plugin/v1/plugin.ts';
import type { Expiring } from './shared-timer.ts';

/** The longest delay of a timer: 2^31 - 1 ms. A longer one would fire at once. */
const maxTimeoutMs = 2_147_483_647;

/** A call that is being served. */
export class RunningCall implements CallInFlight, Expiring {
  readonly call: Call;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly controller = new AbortController();
  readonly #giveUp: (call: RunningCall) => void;

  /** `giveUp` is called when its time is over. A stream has its time for each item, and its caller keeps it. */
  constructor(call: Call, startedAt: number, giveUp: (call: RunningCall) => void) {
    this.startedAt = startedAt;
    const { timeoutMs, streamsResponse } = call;
    this.call = call;
    const isTimed = timeoutMs > 0 && !streamsResponse;
    this.expiresAt = isTimed ? this.startedAt + Math.min(timeoutMs, maxTimeoutMs) : Infinity;
    this.#giveUp = giveUp;
  }

  get id(): number {
    return this.call.id;
  }

  get capability(): string {
    const { capability: id, version } = this.call;
    return capabilityName({ id, version });
  }

  get method(): string {
    return this.call.method;
  }

  expire(): void {
    if (!this.controller.signal.aborted) this.#giveUp(this);
  }
}
