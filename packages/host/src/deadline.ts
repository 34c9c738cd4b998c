/** The longest that a timer can wait, in milliseconds: https://nodejs.org/api/timers.html */
export const longestTimeoutMs = 2 ** 31 - 1;

/** How long to wait for something, and what its end is called. */
export interface Deadline {
  readonly timeoutMs: number;
  /** Whoever asked may give up earlier. */
  readonly signal?: AbortSignal | undefined;
  readonly timedOut: () => Error;
  readonly cancelled: (reason: unknown) => Error;
}

/**
 * Waits for work, but not beyond its deadline: then it rejects at once, and aborts the signal that the work was given with
 * the same error.
 */
export async function withDeadline<Result>(
  { timeoutMs, signal, timedOut, cancelled }: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const givenUp = Promise.withResolvers<never>();
  const giveUp = (error: Error): void => {
    givenUp.reject(error);
    controller.abort(error);
  };
  const abort = (): void => giveUp(cancelled(signal?.reason));
  const timer = setTimeout(() => giveUp(timedOut()), Math.min(timeoutMs, longestTimeoutMs));
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await Promise.race([givenUp.promise, signal?.aborted ? givenUp.promise : work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits for work until the signal is aborted, and rejects with its reason then. The work goes on. */
export async function untilAborted<Result>(
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([aborted.promise, work()]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
