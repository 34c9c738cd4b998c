import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { HostedPlugin } from '../../src/lifecycle/hosted-plugin.ts';
import { defaultRestartPolicy } from '../../src/lifecycle/restart-policy.ts';
import { Restarts } from '../../src/lifecycle/restarts.ts';
import type { Recorder } from '../../src/observability/recorder.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the restarts of a plugin', () => {
  it('are all counted, and remembered as long as the policy counts them', () => {
    const restart = { ...defaultRestartPolicy, windowMs: 1_000 };
    const plugin = { id: 'test.one', settings: { restart }, restarts: 0, restartedAt: [] };
    const counted = plugin as unknown as HostedPlugin; // as much of it as is looked at
    const restarts = new Restarts({} as Recorder, 'host-1', () => Promise.resolve());
    for (let count = 1; count <= 100; count++) {
      restarts.count(counted);
      jest.advanceTimersByTime(400);
    }
    expect(counted).toMatchObject({ restarts: 100, restartedAt: [38_800, 39_200, 39_600] });
  });
});
