import { setTimeout as delay } from 'node:timers/promises';
import { takeInventory, type Inventory } from '../cycles/inventory.ts';

/** What real sandboxes are made of. */
const kinds = ['processes', 'open descriptors', 'control groups', 'users of plugins'];
/** Pipes close, and processes are noticed to be gone, a moment after a host has stopped. */
const settleTimeoutMs = 10_000;

/** Compares what there is after each run with what there was after the first, which makes what is made once. */
export class Leavings {
  #first: Inventory | undefined;

  /** Throws for what is there that was not. Call it when no host runs, with a directory that nobody has any more. */
  async check(stateDirectory: string): Promise<void> {
    this.#first ??= await takeInventory(stateDirectory);
    const first = this.#first;
    const giveUpAt = performance.now() + settleTimeoutMs;
    for (;;) {
      const now = await takeInventory(stateDirectory);
      const more = kinds.filter((kind) => (now[kind] ?? 0) > (first[kind] ?? 0));
      if (more.length === 0) return;
      if (performance.now() > giveUpAt)
        throw new Error(
          `left behind: ${more.map((kind) => `${now[kind]} ${kind} after ${first[kind]}`).join(', ')}`,
        );
      await delay(20);
    }
  }
}
