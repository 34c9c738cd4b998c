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
  const recent = restartedAt.filter((at) => now - at < policy.windowMs).length;
  if (recent >= policy.maxRestarts) return undefined;
  const delay = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** recent);
  return delay * (1 - random / 2);
}
