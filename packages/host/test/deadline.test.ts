import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { withDeadline, type Deadline } from '../src/deadline.ts';

const deadline: Deadline = {
  timeoutMs: 100,
  timedOut: () => new Error('too late'),
  cancelled: (reason) => new Error(`given up: ${String(reason)}`),
};

afterEach(() => {
  jest.useRealTimers();
});

describe('withDeadline', () => {
  it('gives what the work gives, and leaves neither a timer nor a listener behind', async () => {
    jest.useFakeTimers();
    const { signal } = new AbortController();
    expect(await withDeadline({ ...deadline, signal }, () => Promise.resolve(42))).toBe(42);
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('hands on what the work rejects with, and what it throws', async () => {
    const error = new Error('no disk');
    await expect(withDeadline(deadline, () => Promise.reject(error))).rejects.toBe(error);
    await expect(
      withDeadline(deadline, () => {
        throw error;
      }),
    ).rejects.toBe(error);
  });

  it('rejects when the time is over, and aborts the signal of the work with the same error', async () => {
    jest.useFakeTimers();
    const seen: AbortSignal[] = [];
    const outcome = withDeadline(deadline, (signal) => {
      seen.push(signal);
      return new Promise<never>(() => undefined);
    }).catch((error: unknown) => error);
    jest.advanceTimersByTime(99);
    expect(seen[0]?.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await outcome).toEqual(new Error('too late'));
    expect(seen[0]?.reason).toBe(await outcome);
  });

  it('rejects at once when the caller gives up, and tells the work', async () => {
    const controller = new AbortController();
    const seen: AbortSignal[] = [];
    const outcome = withDeadline({ ...deadline, signal: controller.signal }, (signal) => {
      seen.push(signal);
      return new Promise<never>(() => undefined);
    }).catch((error: unknown) => error);
    controller.abort('tired');
    expect(await outcome).toEqual(new Error('given up: tired'));
    expect(seen[0]?.reason).toBe(await outcome);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('does not begin the work when the caller has given up already', async () => {
    const signal = AbortSignal.abort('tired');
    let hasBegun = false;
    const outcome = withDeadline({ ...deadline, signal }, () => {
      hasBegun = true;
      return Promise.resolve();
    });
    await expect(outcome).rejects.toThrow('given up: tired');
    expect(hasBegun).toBe(false);
  });

  it('keeps to the first end: time that runs out after the caller gave up changes nothing', async () => {
    jest.useFakeTimers();
    const controller = new AbortController();
    const outcome = withDeadline(
      { ...deadline, signal: controller.signal },
      () => new Promise<never>(() => undefined),
    ).catch((error: unknown) => error);
    controller.abort('tired');
    jest.advanceTimersByTime(1000);
    expect(await outcome).toEqual(new Error('given up: tired'));
  });

  it.each([Infinity, 2 ** 40])(
    'waits for %d ms as long as a timer can, and not for no time at all',
    async (timeoutMs) => {
      jest.useFakeTimers();
      const work = Promise.withResolvers<string>();
      const outcome = withDeadline({ ...deadline, timeoutMs }, () => work.promise);
      jest.advanceTimersByTime(2 ** 31 - 2);
      work.resolve('in time');
      expect(await outcome).toBe('in time');
    },
  );
});
