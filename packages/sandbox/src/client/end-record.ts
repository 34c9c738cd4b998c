import type { CallInFlight } from '../wire/call-in-flight.ts';
import type { HostAction } from './explain-end.ts';

/** Calls of a session, by direction, oldest first. */
export interface SessionCalls {
  readonly toPlugin: readonly CallInFlight[];
  readonly toHost: readonly CallInFlight[];
}

/** The moment in which a sandbox was known to end. */
export interface EndMoment {
  readonly at: Date;
  /** By `performance.now()`. */
  readonly instant: number;
  readonly uptimeMs: number;
  readonly calls: SessionCalls;
}

/** Why the host ended a sandbox; of a silence the kernel's figures are still to come. */
export type HostIntention =
  | Exclude<HostAction, { kind: 'silence' }>
  | { readonly kind: 'silence'; readonly timeoutMs: number };

/** Keeps what will explain the end of one sandbox: when it was first known, what the host did, and how silent it was before. */
export class EndRecord {
  readonly #startedAt = performance.now();
  #intention: HostIntention | undefined;
  #intendedAt = 0;
  #moment: EndMoment | undefined;
  #asked: { readonly instant: number; readonly throttledMs: Promise<number | undefined> } | undefined;

  /** The host ends the sandbox. The first reason counts. */
  intend(intention: HostIntention): void {
    if (this.#intention) return;
    this.#intention = intention;
    this.#intendedAt = performance.now();
  }

  /** Whether the end is known. */
  get isKnown(): boolean {
    return this.#moment !== undefined;
  }

  /** The end is known. Returns the first moment in which it was. */
  mark(calls: SessionCalls | undefined): EndMoment {
    const instant = performance.now();
    const uptimeMs = Math.round(instant - this.#startedAt);
    this.#moment ??= { at: new Date(), instant, uptimeMs, calls: calls ?? { toPlugin: [], toHost: [] } };
    return this.#moment;
  }

  /** The plugin was silent and was asked for a sign of life. `throttledMs` is how long the kernel had held it back by then. */
  asked(throttledMs: Promise<number | undefined>): void {
    this.#asked = { instant: performance.now(), throttledMs: throttledMs.catch(() => undefined) };
  }

  /** What the host did, with the kernel's figure at the end. */
  async action(throttledMs: number | undefined): Promise<HostAction | undefined> {
    if (this.#intention?.kind !== 'silence') return this.#intention;
    const before = await this.#asked?.throttledMs;
    const watchedMs = this.#intendedAt - (this.#asked?.instant ?? this.#intendedAt);
    const isCounted = throttledMs !== undefined && before !== undefined;
    return { ...this.#intention, watchedMs, throttledMs: isCounted ? throttledMs - before : undefined };
  }
}
