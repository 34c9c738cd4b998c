/** How many calls of one plugin may run at the same time, how many more may wait, and how long what. */
export interface CallBounds {
  /**
   * Calls that a plugin works at, or each of its `instances`. Default 1024; for an untrusted plugin never more than
   * `messages.maxCallsInFlight`.
   */
  readonly maxConcurrent: number;
  /** Calls that wait for others to end, first come first served; 0 for none. More are refused. Default 1024. */
  readonly maxQueued: number;
  /** How long one waits at most, in milliseconds; then it is refused. Default 5 s. */
  readonly queueTimeoutMs: number;
  /**
   * How long a plugin in this process may hold up the event loop at a stretch before the log warns of it, in milliseconds. Default 100.
   */
  readonly blockedWarningMs: number;
}

/** What holds when the options of the host say nothing. */
export const defaultCallBounds: CallBounds = {
  maxConcurrent: 1024,
  maxQueued: 1024,
  queueTimeoutMs: 5000,
  blockedWarningMs: 100,
};
