import { setTimeout } from 'node:timers/promises';

/** Waits, in milliseconds. Resolves early when the signal aborts. */
export type Pause = (delayMs: number, signal: AbortSignal) => Promise<void>;

/** Waits by the clock, and keeps no process alive. */
export const pause: Pause = (delayMs, signal) =>
  setTimeout(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
