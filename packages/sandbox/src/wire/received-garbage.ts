import { keepFreedMemory } from './freed-memory.ts';
import { YoungCollector } from './young-collector.ts';

/**
 * After so many bytes garbage is collected: 4 MiB. V8 begins to mark the whole heap when 8 MiB more are held outside of it
 * (`Heap::MinimumAllocationLimitGrowingStep`), dead or alive.
 */
const collectedBytes = 4 * 1024 * 1024;

/** Frees the memory of what was received while it is young, which V8 would leave until it marks the whole heap, again and again. */
export class ReceivedGarbage {
  #bytes = 0;

  /** Counts what holds received data and is soon dead. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Collects what is young, if much has arrived. To be called by an immediate that has had no other work yet. */
  collect(): void {
    if (this.#bytes < collectedBytes) return;
    this.#bytes = 0;
    (collector ??= prepare()).collect();
  }
}

/** Made at the first need: it comes with a context of its own. */
let collector: YoungCollector | undefined;

function prepare(): YoungCollector {
  keepFreedMemory();
  return new YoungCollector();
}
