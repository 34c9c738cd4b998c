import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something is so. The deadline is that of the test, and the processor is left to those who are waited for. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(2);
}
