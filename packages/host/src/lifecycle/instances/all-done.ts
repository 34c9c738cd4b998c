/** Waits for the end of all, and then rejects with what the first of them failed of that did. */
export async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}
