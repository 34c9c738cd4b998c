import { describe, expect, it } from '@jest/globals';
import { recordingLogger } from '../src/index.ts';
import { describeStreams } from './tier-streams.ts';
import { failure, open, workbenchId, type StartTier } from './workbench-host.ts';

/** What every tier owes to plugins and their callers: one body, run wherever a plugin can run. */
export function describeTier(name: string, start: StartTier): void {
  describe(name, () => {
    describe('results', () => {
      it('answers a call', async () => {
        await using bench = await open(start);
        expect(await bench.api.add({ a: 1, b: 2 })).toBe(3);
      });

      it('carries binary data at any depth, unchanged', async () => {
        await using bench = await open(start);
        const parts = [
          { data: Uint8Array.of(1, 2, 3) },
          { data: new Uint8Array(0) },
          { data: new Uint8Array(70_000).fill(9) },
        ];
        const answer = await bench.api.reverse({ parts });
        expect(answer.parts.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(
          parts.map(({ data }) => Buffer.from(data.toReversed()).toString('hex')),
        );
      });

      it('gives each of many calls at once its own answer', async () => {
        await using bench = await open(start);
        const calls = Array.from({ length: 300 }, (_, index) => bench.api.add({ a: index, b: index }));
        expect(await Promise.all(calls)).toEqual(Array.from({ length: 300 }, (_, index) => index * 2));
      });

      it('completes the configuration with its defaults, and lets the host say otherwise', async () => {
        await using byDefault = await open(start);
        expect(await byDefault.api.depth({})).toBe(3);
        await using configured = await open(start, { config: { [workbenchId]: { depth: 7 } } });
        expect(await configured.api.depth({})).toBe(7);
      });

      it('logs with the id of the plugin', async () => {
        const logger = recordingLogger();
        await using bench = await open(start, { logger });
        await bench.api.log({ message: 'look here' });
        await bench.api.add({ a: 1, b: 1 });
        expect(logger.lines.find(({ message }) => message === 'look here')?.fields).toMatchObject({
          pluginId: workbenchId,
        });
      });
    });

    describe('values', () => {
      it('shares no object between caller and plugin', async () => {
        await using bench = await open(start);
        const words = ['one'];
        const answer = await bench.api.remember({ words });
        words.push('two');
        answer.words.push('three');
        expect(await bench.api.recall({})).toEqual({ words: ['one'] });
      });
    });

    describe('errors', () => {
      it('tells what a plugin threw, with it as the cause', async () => {
        await using bench = await open(start);
        const error = await failure(bench.api.fail({ message: 'the disk is full' }), 'CALL_FAILED');
        expect(error.details).toEqual({
          pluginId: workbenchId,
          capability: 'Workbench v1',
          method: 'fail',
          problem: 'the disk is full',
        });
        expect(error.cause).toMatchObject({ message: 'the disk is full' });
      });

      it('refuses a request that breaks the contract', async () => {
        await using bench = await open(start);
        const error = await failure(bench.api.add({ a: 1, b: 'two' } as never), 'REQUEST_INVALID'); // what a caller without types could send
        expect(error.details.problem).toContain('/b');
      });

      it('refuses an answer that breaks the contract', async () => {
        await using bench = await open(start);
        expect((await failure(bench.api.lie({}), 'RESPONSE_INVALID')).details.method).toBe('lie');
      });

      it('refuses a message that is too large, either way, and names the option', async () => {
        await using bench = await open(start, { messages: { jsonLimitBytes: 1000 } });
        const there = await failure(bench.api.fail({ message: 'x'.repeat(2000) }), 'MESSAGE_TOO_LARGE');
        expect(there.details).toMatchObject({ limitBytes: 1000, option: 'messages.jsonLimitBytes' });
        const back = await failure(bench.api.repeat({ text: 'x', times: 2000 }), 'MESSAGE_TOO_LARGE');
        expect(back.details).toMatchObject({ limitBytes: 1000, option: 'messages.jsonLimitBytes' });
        expect(await bench.api.add({ a: 1, b: 2 })).toBe(3);
      });
    });

    describe('cancellation and deadlines', () => {
      it('rejects at once when the caller gives up, and tells the plugin', async () => {
        await using bench = await open(start);
        const controller = new AbortController();
        const call = bench.api.hang({}, { signal: controller.signal });
        await bench.journal.noted('hanging');
        controller.abort(new Error('changed my mind'));
        const error = await failure(call, 'CALL_CANCELLED');
        expect(error.details.problem).toBe('changed my mind');
        await bench.journal.noted('aborted');
      });

      it('does not begin a call whose signal is aborted', async () => {
        await using bench = await open(start);
        await failure(
          bench.api.hang({}, { signal: AbortSignal.abort(new Error('too late')) }),
          'CALL_CANCELLED',
        );
        expect(await bench.api.add({ a: 1, b: 2 })).toBe(3);
        expect(bench.journal.notes).not.toContain('hanging');
      });

      it('gives up a call that does not answer in time, and tells the plugin', async () => {
        await using bench = await open(start, { timeouts: { callTimeoutMs: 300 } });
        const error = await failure(bench.api.hang({}), 'CALL_TIMED_OUT');
        expect(error.details.timeoutMs).toBe(300);
        await bench.journal.noted('aborted');
      });

      it('lets a call have a deadline of its own', async () => {
        await using bench = await open(start);
        const error = await failure(bench.api.hang({}, { timeoutMs: 200 }), 'CALL_TIMED_OUT');
        expect(error.details.timeoutMs).toBe(200);
      });

      it('ends calls in flight and refuses new ones when the host stops', async () => {
        await using bench = await open(start);
        await bench.host.stop();
        expect(bench.journal.notes).toContain('stopped');
        expect(bench.host.plugins()).toMatchObject([{ id: workbenchId, state: 'shutdown' }]);
        await failure(bench.api.add({ a: 1, b: 2 }), 'PLUGIN_NOT_ACTIVE');
      });
    });

    describe('inspection', () => {
      it('tells how many calls there were, and which failed of what', async () => {
        await using bench = await open(start);
        await bench.api.add({ a: 1, b: 2 });
        await failure(bench.api.fail({ message: 'no' }), 'CALL_FAILED');
        const { hostId, status, plugins } = await bench.host.inspect();
        expect({ hostId, status }).toEqual({ hostId: expect.any(String), status: 'healthy' });
        const calls = { calls: 2, errors: 1, errorsByCode: { CALL_FAILED: 1 }, inFlight: 0 };
        expect(plugins).toMatchObject([{ id: workbenchId, state: 'active', calls }]);
      });
    });

    describeStreams(start);
  });
}
