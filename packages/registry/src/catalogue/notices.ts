import { once } from 'node:events';
import type { CatalogueNotice } from '@stellaops/plugin-abstractions/hosting';

/** So many changes are kept for whoever reads slowly; then it is told to look at all instead. */
const mostKept = 1000;

/** Notices on their way to one reader. It is bounded: what is too much collapses into one `resync`. */
export class Notices {
  #kept: CatalogueNotice[] = [];
  #waiting: (() => void) | undefined;

  /** Adds a notice; after a `resync` that nobody has read yet no other is needed. */
  add(notice: CatalogueNotice): void {
    if (this.#kept[0]?.kind !== 'resync') {
      const isTooMuch = this.#kept.length >= mostKept;
      if (notice.kind === 'resync' || isTooMuch) this.#kept = [{ kind: 'resync' }];
      else this.#kept.push(notice);
    }
    this.#waiting?.();
  }

  /** The notices as they come, until the signal aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<CatalogueNotice> {
    while (!signal.aborted) {
      const notice = this.#kept.shift();
      if (notice) yield notice;
      else await this.#filled(signal);
    }
  }

  async #filled(signal: AbortSignal): Promise<void> {
    const filled = Promise.withResolvers<void>();
    this.#waiting = filled.resolve;
    const ended = new AbortController();
    const aborted = once(signal, 'abort', { signal: ended.signal }).catch(() => undefined);
    await Promise.race([filled.promise, aborted]);
    ended.abort();
  }
}
