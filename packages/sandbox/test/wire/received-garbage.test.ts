import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ReceivedGarbage } from '../../src/wire/received-garbage.ts';
import { YoungCollector } from '../../src/wire/young-collector.ts';

afterEach(() => {
  jest.restoreAllMocks();
  globalThis.gc = undefined;
});

describe('what was received and is garbage', () => {
  it('is collected when there are 4 MiB of it, and not before', () => {
    const collect = jest.spyOn(YoungCollector.prototype, 'collect').mockReturnValue();
    const garbage = new ReceivedGarbage();
    for (let count = 0; count < 4 * 16 - 1; count++) garbage.count(64 * 1024);
    garbage.collect();
    expect(collect).not.toHaveBeenCalled();
    garbage.count(64 * 1024);
    garbage.collect();
    garbage.collect();
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('is collected among what is young alone', async () => {
    const garbage = new ReceivedGarbage();
    const forced: unknown[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (isForced(entry)) forced.push(entry);
    });
    observer.observe({ entryTypes: ['gc'] });
    try {
      while (forced.length === 0) {
        garbage.count(Buffer.alloc(4 * 1024 * 1024).byteLength); // makes V8 collect by itself, after which it is known what it does
        await new Promise(setImmediate);
        garbage.collect();
      }
    } finally {
      observer.disconnect();
    }
    expect(forced).toMatchObject(
      forced.map(() => ({ detail: { kind: constants.NODE_PERFORMANCE_GC_MINOR } })),
    );
  });

  it('is collected by nothing that this process has to be started with', () => {
    const garbage = new ReceivedGarbage();
    garbage.count(3 * 1024 * 1024);
    garbage.collect();
    expect(globalThis.gc).toBeUndefined();
  });

  it('stays while V8 marks the whole heap, which it would end at once for it', () => {
    const collect = jest.fn<(options: unknown) => undefined>();
    globalThis.gc = collect as unknown as NonNullable<typeof globalThis.gc>; // of its results none is read
    const records = jest.spyOn(PerformanceObserver.prototype, 'takeRecords').mockReturnValue([]);
    const collector = new YoungCollector();
    const collectAfter = (...kinds: readonly number[]): number => {
      records.mockReturnValueOnce(kinds.map(collection));
      collector.collect();
      return collect.mock.calls.length;
    };
    expect(collectAfter()).toBe(0); // it may be marking
    expect(collectAfter(constants.NODE_PERFORMANCE_GC_MINOR)).toBe(1);
    expect(collectAfter(constants.NODE_PERFORMANCE_GC_MINOR, constants.NODE_PERFORMANCE_GC_INCREMENTAL)).toBe(
      1,
    );
    expect(collectAfter()).toBe(1);
    expect(collectAfter(constants.NODE_PERFORMANCE_GC_MAJOR)).toBe(2);
    expect(collect).toHaveBeenCalledWith({ type: 'minor' });
  });
});

function collection(kind: number): PerformanceEntry {
  return { detail: { kind } } as unknown as PerformanceEntry; // all that is read of one
}

/** Asked for, and not V8's own decision. */
function isForced(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail: { readonly flags: number } }; // of the type gc
  return (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
}
