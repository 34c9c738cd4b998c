import { setTimeout as delay } from 'node:timers/promises';

/** Resolves as the promise does, or rejects with `sentence` when that takes longer than `timeoutMs`. */
export async function withDeadline<T>(promise: Promise<T>, timeoutMs: number, sentence: string): Promise<T> {
  const timer = new AbortController();
  const expired = delay(timeoutMs, undefined, { signal: timer.signal }).then((): never => {
    throw new Error(sentence);
  });
  expired.catch(() => undefined);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    timer.abort();
  }
}

/** Asks again every 2 ms until the answer is yes; `false` when it was not within `timeoutMs`. */
export async function pollUntil(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) return false;
    await delay(2);
  }
  return true;
}
