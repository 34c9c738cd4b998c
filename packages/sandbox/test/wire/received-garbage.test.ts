import { once } from 'node:events';
import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { describe, expect, it } from '@jest/globals';
import { ReceivedGarbage } from '../../src/wire/received-garbage.ts';

describe('what was received and is garbage', () => {
  it('is collected each 3 MiB, among what is young alone', async () => {
    const garbage = new ReceivedGarbage();
    const collections: unknown[] = [];
    const seen = new EventTarget();
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (isForced(entry)) collections.push(entry);
      if (collections.length > 0) seen.dispatchEvent(new Event('forced'));
    });
    observer.observe({ entryTypes: ['gc'] });
    try {
      const forced = once(seen, 'forced');
      for (let count = 0; count < 6 * 16 - 1; count++) garbage.count(64 * 1024);
      await forced;
    } finally {
      observer.disconnect();
    }
    expect(collections).toMatchObject([{ detail: { kind: constants.NODE_PERFORMANCE_GC_MINOR } }]);
  });

  it('is collected by nothing that this process has to be started with', () => {
    new ReceivedGarbage().count(3 * 1024 * 1024);
    expect(globalThis.gc).toBeUndefined();
  });
});

/** Asked for, and not V8's own decision. */
function isForced(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail: { readonly flags: number } }; // of the type gc
  return (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
}
