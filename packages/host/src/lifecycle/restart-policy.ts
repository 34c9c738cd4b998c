import { createHash } from 'node:crypto';

/** When a sandbox that ended by itself is started again. */
export interface RestartPolicy {
  /** Restarts within the window; at the next failure the plugin stays `failed` until someone acts. Default 5. */
  readonly maxRestarts: number;
  /** Default 10 minutes, in milliseconds. */
  readonly windowMs: number;
  /** Before the first restart in a window; it doubles with each one. Default 500 ms. */
  readonly firstDelayMs: number;
  /** Default 30 s, in milliseconds. */
  readonly longestDelayMs: number;
}

/** What holds when an operator asks for restarts and says no more. */
export const defaultRestartPolicy: RestartPolicy = {
  maxRestarts: 5,
  windowMs: 600_000,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
};

/**
 * How long to wait before the next restart, in milliseconds; `undefined` when there have been enough. `random` is between 0 and
 * 1: it takes up to half of the delay away, lest plugins that fell together rise together.
 */
export function nextRestartDelay(
  policy: RestartPolicy,
  restartedAt: readonly number[],
  now: number,
  random: number,
): number | undefined {
  const recent = restartsInWindow(policy, restartedAt, now).length;
  if (recent >= policy.maxRestarts) return undefined;
  const delay = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** recent);
  return Math.round(delay * (1 - random / 2));
}

/** The restarts that still count. */
export function restartsInWindow(
  { windowMs }: RestartPolicy,
  restartedAt: readonly number[],
  now: number,
): readonly number[] {
  return restartedAt.filter((at) => now - at < windowMs);
}

/**
 * A number from 0 to below 1 that is always the same for one restart, and another one for other plugins and hosts: so that what fell
 * together does not rise together, and a clock alone decides when.
 */
export function restartJitter(hostId: string, pluginId: string, attempt: number): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([hostId, pluginId, attempt]))
    .digest();
  return hash.readUInt32BE() / 2 ** 32;
}
