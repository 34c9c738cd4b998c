import { setTimeout as pause } from 'node:timers/promises';

const deadlineMs = 30_000;

/** Asks again and again until there is an answer. Rejects when there is none within 30 seconds. */
export async function until<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const deadline = AbortSignal.timeout(deadlineMs);
  while (!deadline.aborted) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(100);
  }
  throw new Error(`${what}: not within ${deadlineMs} ms`);
}
