import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EndRecord } from '../../src/client/end-record.ts';

const silence = { kind: 'silence', timeoutMs: 1000 } as const;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the record of an end', () => {
  it('keeps the first reason of the host', async () => {
    const record = new EndRecord();
    record.intend({ kind: 'disposed', during: 'stop' });
    record.intend({ kind: 'disconnected' });
    expect(await record.action(undefined)).toEqual({ kind: 'disposed', during: 'stop' });
  });

  it('tells of the first moment in which the end was known', () => {
    const record = new EndRecord();
    jest.advanceTimersByTime(3000);
    const first = record.mark({
      toPlugin: [{ capability: 'Vault v1', method: 'open', startedAt: 0 }],
      toHost: [],
    });
    jest.advanceTimersByTime(3000);
    expect(record.mark(undefined)).toBe(first);
    expect(first.uptimeMs).toBe(3000);
  });

  it('counts of what the kernel held back only what fell into the silence', async () => {
    const record = new EndRecord();
    jest.advanceTimersByTime(60_000);
    record.asked(Promise.resolve(50_000));
    jest.advanceTimersByTime(750);
    record.intend(silence);
    expect(await record.action(50_700)).toEqual({ ...silence, watchedMs: 750, throttledMs: 700 });
  });

  it('has no figure where the kernel counts none, or it could not be read', async () => {
    for (const before of [Promise.resolve(undefined), Promise.reject(new Error('gone'))]) {
      const record = new EndRecord();
      record.asked(before);
      record.intend(silence);
      expect(await record.action(700)).toMatchObject({ throttledMs: undefined });
    }
  });
});
