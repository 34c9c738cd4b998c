import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OutputRate } from '../../src/client/output-rate.ts';

const chunk = Buffer.alloc(16 * 1024, 'x');

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the output of a plugin that floods', () => {
  it('is read no faster than it may, both streams together, and waits in the pipe', async () => {
    const rate = new OutputRate(64);
    const [stdout, stderr] = [flood(rate), flood(rate)];
    await settled();
    for (let second = 1; second <= 5; second++) {
      const read = stdout.bytes() + stderr.bytes();
      expect(read).toBeGreaterThanOrEqual(second * 64 * 1024);
      expect(read).toBeLessThanOrEqual(second * 64 * 1024 + 2 * chunk.length);
      jest.advanceTimersByTime(1000);
      await settled();
    }
  });

  it('owes what a large chunk took too much', async () => {
    const rate = new OutputRate(4);
    const { bytes } = flood(rate);
    await settled();
    expect(bytes()).toBe(chunk.length);
    for (const expected of [1, 1, 1, 2].map((chunks) => chunks * chunk.length)) {
      jest.advanceTimersByTime(1000);
      await settled();
      expect(bytes()).toBe(expected);
    }
  });

  it('is read to its end when the process is gone', async () => {
    const rate = new OutputRate(1);
    const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
    let bytes = 0;
    const over = rate.read(stream, ({ byteLength }) => (bytes += byteLength));
    for (let count = 0; count < 32; count++) stream.write(chunk);
    await settled();
    expect(bytes).toBeLessThan(32 * chunk.length);
    rate.release();
    stream.end();
    await over;
    expect(bytes).toBe(32 * chunk.length);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the output of a plugin that prints little', () => {
  it('is read at once, and no timer stays when it has ended', async () => {
    const rate = new OutputRate(64);
    const stream = new PassThrough();
    const read: string[] = [];
    const over = rate.read(stream, (bytes) => read.push(Buffer.from(bytes).toString()));
    stream.end('hello');
    await over;
    expect(read).toEqual(['hello']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

/** A stream that always has more. */
function flood(rate: OutputRate) {
  let bytes = 0;
  const stream = new PassThrough();
  const pour = (): void => {
    while (stream.write(chunk));
  };
  stream.on('drain', pour);
  void rate.read(stream, ({ byteLength }) => (bytes += byteLength));
  pour();
  return { bytes: () => bytes };
}

/** Long enough for streams to hand on what they may. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await setImmediate();
}
