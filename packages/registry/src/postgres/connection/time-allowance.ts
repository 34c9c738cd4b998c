/** How many milliseconds the next step may take. */
export type TimeAllowance = () => number;

/** For all steps together. */
export function inTotal(timeoutMs: number): TimeAllowance {
  const endsAt = performance.now() + timeoutMs;
  return () => endsAt - performance.now();
}

/** For each step anew. */
export function perStep(timeoutMs: number): TimeAllowance {
  return () => timeoutMs;
}

/** Rejects when a step takes longer than it may; what comes of it then is for `tooLate`. */
export async function withinTime<Result>(
  allowance: TimeAllowance,
  what: string,
  step: () => Promise<Result>,
  tooLate: (result: Result) => void = () => undefined,
): Promise<Result> {
  const timeoutMs = Math.ceil(allowance());
  const ending = new Error(`${what} within its time`);
  if (timeoutMs <= 0) throw ending;
  const running = step();
  const over = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    over.reject(ending);
    void running.then(tooLate, () => undefined);
  }, timeoutMs);
  try {
    return await Promise.race([running, over.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
