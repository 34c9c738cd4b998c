import { setTimeout as delay } from 'node:timers/promises';

/** Longer than any test may take: then nobody waits for it any more. */
const giveUpMs = 120_000;

/** Waits until something is so. The deadline is that of the test, and the processor is left to those who are waited for. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const givenUpAt = performance.now() + giveUpMs;
  while (!(await isSo())) {
    if (performance.now() > givenUpAt) throw new Error(`this did not come: ${String(isSo)}`);
    await delay(2);
  }
}
