import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * After so many bytes garbage is collected: 3 MiB. With the messages that are made of them it is twice as much, and V8 begins to mark the
 * whole heap when 8 MiB more are held outside of it (`Heap::MinimumAllocationLimitGrowingStep`), dead or alive.
 */
const collectedBytes = 3 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => unknown;

/** Frees the memory of what was received while it is young, which V8 would leave until it marks the whole heap, again and again. */
export class ReceivedGarbage {
  #bytes = 0;

  /** Counts what has arrived, and collects young garbage when it is much. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < collectedBytes) return;
    this.#bytes = 0;
    collect ??= findCollect();
    collect({ type: 'minor' });
  }
}

/** Found at the first need: it comes with a context of its own. */
let collect: Collect | undefined;

/** V8 hands its collector to contexts that are made while the flag is set, and to nobody else in this process. */
function findCollect(): Collect {
  if (globalThis.gc) return globalThis.gc;
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as Collect; // as the flag says
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
