import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';

type Collect = (options: { readonly type: 'minor' }) => unknown;

/** Has V8 collect what is young, where that takes a moment. */
export class YoungCollector {
  readonly #collect = findCollect();
  readonly #observer: PerformanceObserver;
  /** As V8 told of it; that it marks the whole heap it tells when it begins. */
  #lastKind: number | undefined;

  constructor() {
    this.#observer = new PerformanceObserver((list) => this.#learn(list.getEntries()));
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /**
   * Collects, unless V8 is marking the whole heap, or may be: it would do all that is left of that at once (`--separate-gc-phases`), for
   * which a heap of 500 MB takes half a second. What V8 did is known when immediates run, and not while one does: what it allocates
   * may have V8 begin.
   */
  collect(): void {
    this.#learn(this.#observer.takeRecords());
    if (this.#lastKind === undefined || this.#lastKind === constants.NODE_PERFORMANCE_GC_INCREMENTAL) return;
    this.#collect({ type: 'minor' });
  }

  #learn(collections: readonly PerformanceEntry[]): void {
    const last = collections.at(-1) as
      | (PerformanceEntry & { readonly detail: { readonly kind: number } })
      | undefined; // of the type gc
    if (last) this.#lastKind = last.detail.kind;
  }
}

/** V8 hands its collector to contexts that are made while the flag is set, and to nobody else in this process. */
function findCollect(): Collect {
  if (globalThis.gc) return globalThis.gc;
  // Not imported: most plugins never need them, and they take half a MiB.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  const { runInNewContext } = process.getBuiltinModule('node:vm');
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as Collect; // as the flag says
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
