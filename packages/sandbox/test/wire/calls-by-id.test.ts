import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { CallsById } from '../../src/wire/calls-by-id.ts';

const mebibyte = 1024 * 1024;

describe('the calls that have not ended', () => {
  it('are found by their ids, however long each lasts', () => {
    const calls = new CallsById<{ readonly id: number }>();
    const lasting = [1, 65, 129, 400, 5000, 2 ** 40 + 1];
    for (const id of lasting) calls.add({ id });
    for (let id = 10_000; id < 20_000; id++) {
      calls.add({ id });
      calls.take(id - 300);
    }
    expect(calls.size).toBe(lasting.length + 300);
    for (let id = 19_700; id < 20_000; id++) expect(calls.take(id)).toEqual({ id });
    expect(calls.all().map(({ id }) => id)).toEqual(lasting);
    for (const id of lasting) expect(calls.take(id)).toEqual({ id });
    expect(calls.size).toBe(0);
  });

  it('are no longer found when they have ended', () => {
    const calls = new CallsById<{ readonly id: number }>();
    for (const id of [1, 65, 129]) calls.add({ id }); // at the same place
    expect(calls.take(65)).toEqual({ id: 65 });
    expect(calls.get(65)).toBeUndefined();
    expect(calls.take(65)).toBeUndefined();
    expect(calls.all()).toEqual([{ id: 1 }, { id: 129 }]);
  });

  it('are let go when they end, and not only when the whole heap is marked', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
    const calls = new CallsById<{ readonly id: number; readonly held: readonly number[] }>();
    const inFlight = 64;
    const serve = (from: number, to: number): void => {
      for (let id = from; id < to; id++) {
        calls.add({ id, held: Array.from({ length: 100 }, () => id) });
        if (id >= inFlight) calls.take(id - inFlight);
        if (id % 1000 === 0) collect({ type: 'minor' });
      }
    };
    serve(1, 20_000);
    for (let times = 0; times < 3; times++) collect({ type: 'minor' }); // what is left is old from now on
    const before = process.memoryUsage().heapUsed;
    serve(20_000, 60_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * mebibyte);
  });
});
