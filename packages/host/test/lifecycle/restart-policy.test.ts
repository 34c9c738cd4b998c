import { describe, expect, it } from '@jest/globals';
import { defaultRestartPolicy, nextRestartDelay, restartJitter } from '../../src/lifecycle/restart-policy.ts';

const policy = { maxRestarts: 4, windowMs: 60_000, firstDelayMs: 1000, longestDelayMs: 5000 };

describe('the delay before a restart', () => {
  it('doubles with each restart in the window, up to the longest', () => {
    const delays = [0, 1, 2, 3].map((count) => nextRestartDelay(policy, Array(count).fill(0), 100, 0));
    expect(delays).toEqual([1000, 2000, 4000, 5000]);
  });

  it('is shorter by up to a half, as chance has it', () => {
    expect(nextRestartDelay(policy, [], 0, 1)).toBe(500);
    expect(nextRestartDelay(policy, [], 0, 0.5)).toBe(750);
  });

  it('is shortened for one restart always by the same, and for others by something else', () => {
    const given = [
      ['host-1', 'acme.a', 0],
      ['host-1', 'acme.a', 1],
      ['host-1', 'acme.b', 0],
      ['host-2', 'acme.a', 0],
    ] as const;
    const jitter = (): number[] => given.map(([host, id, attempt]) => restartJitter(host, id, attempt));
    const jitters = jitter();
    expect(jitter()).toEqual(jitters);
    expect(new Set(jitters).size).toBe(given.length);
    expect(jitters.every((part) => part >= 0 && part < 1)).toBe(true);
  });

  it('is none after as many restarts as the window allows, until they are past', () => {
    const restartedAt = [0, 10_000, 20_000, 30_000];
    expect(nextRestartDelay(policy, restartedAt, 59_999, 0)).toBeUndefined();
    expect(nextRestartDelay(policy, restartedAt, 60_000, 0)).toBe(5000);
    expect(nextRestartDelay(policy, restartedAt, 200_000, 0)).toBe(1000);
  });

  it('has the defaults that the documentation promises', () => {
    expect(defaultRestartPolicy).toEqual({
      maxRestarts: 5,
      windowMs: 600_000,
      firstDelayMs: 500,
      longestDelayMs: 30_000,
    });
  });
});
