import { describe, expect, it } from '@jest/globals';
import { collect, failure, numbers, open, type StartTier } from './workbench-host.ts';

/** What every tier owes where values stream, and where the plugin calls its host. */
export function describeStreams(start: StartTier): void {
  describe('streams', () => {
    it('hands over every item in order, and ends', async () => {
      await using bench = await open(start);
      expect(await Array.fromAsync(bench.api.count({ to: 500 }))).toEqual(
        Array.from({ length: 500 }, (_, index) => index + 1),
      );
    });

    it('takes a stream and gives one answer', async () => {
      await using bench = await open(start);
      expect(await bench.api.sum(numbers(1, 2, 3.5))).toBe(6.5);
    });

    it('streams both ways', async () => {
      await using bench = await open(start);
      expect(await Array.fromAsync(bench.api.double(numbers(1, 2, 3)))).toEqual([2, 4, 6]);
    });

    it('gives what came before an error, then the error', async () => {
      await using bench = await open(start);
      const seen: number[] = [];
      const error = await failure(collect(bench.api.countThenFail({ to: 2 }), seen), 'CALL_FAILED');
      expect(seen).toEqual([1, 2]);
      expect(error.details.problem).toBe('no more');
    });

    it('refuses an item that breaks the contract, either way', async () => {
      await using bench = await open(start);
      const seen: number[] = [];
      await failure(collect(bench.api.countThenLie({ to: 2 }), seen), 'RESPONSE_INVALID');
      expect(seen).toEqual([1, 2]);
      await failure(bench.api.sum(numbers(1, 'two' as never)), 'REQUEST_INVALID'); // what a caller without types could send
    });

    it('lets the plugin clean up when the caller leaves early', async () => {
      await using bench = await open(start);
      for await (const number of bench.api.count({ to: 1_000_000 })) if (number === 3) break;
      await bench.journal.noted('count ended');
      expect(await bench.api.add({ a: 1, b: 2 })).toBe(3);
    });

    it('gives up a stream that has stopped to flow', async () => {
      await using bench = await open(start, { timeouts: { callTimeoutMs: 300 } });
      const seen: number[] = [];
      await failure(collect(bench.api.countThenHang({ to: 2 }), seen), 'CALL_TIMED_OUT');
      expect(seen).toEqual([1, 2]);
      await bench.journal.noted('aborted');
    });

    it('ends a stream whose caller gives up', async () => {
      await using bench = await open(start);
      const controller = new AbortController();
      const call = collect(bench.api.countThenHang({ to: 1 }, { signal: controller.signal }), []);
      await bench.journal.noted('hanging');
      controller.abort(new Error('enough'));
      expect((await failure(call, 'CALL_CANCELLED')).details.problem).toBe('enough');
      await bench.journal.noted('aborted');
    });

    it('fails a call whose own stream throws', async () => {
      await using bench = await open(start);
      const broken = (async function* () {
        yield 1;
        throw new Error('the source ran dry');
      })();
      expect((await failure(bench.api.sum(broken), 'CALL_CANCELLED')).details.problem).toBe(
        'the source ran dry',
      );
    });
  });

  describe('host services', () => {
    it('answers what the plugin asks, one by one and in streams', async () => {
      await using bench = await open(start);
      expect(await bench.api.ask({ question: 'six times seven' })).toBe('six times seven? 42');
      expect(await Array.fromAsync(bench.api.askAll({ questions: ['a', 'b'] }))).toEqual(['a? 42', 'b? 42']);
    });

    it('refuses a service that the manifest does not require', async () => {
      await using bench = await open(start);
      expect(await bench.api.askUndeclared({})).toBe('CAPABILITY_NOT_DECLARED');
    });
  });
}
