import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { statusOf } from './start-host.ts';

const idleStopMs = 60_000;
/** The clock jumps, and no sign of life comes in between. */
const timeouts = { heartbeatTimeoutMs: 100 * idleStopMs, callTimeoutMs: 100 * idleStopMs };

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  jest.useRealTimers();
});

describe.each(['trusted', 'untrusted'] as const)('a plugin that nobody calls (%s)', (tier) => {
  it('is stopped after its idle time, with the reason in the audit trail, and started by the next call', async () => {
    await using idle = await startGateHost(tier, { idleStopMs, timeouts, required: [gateId] });
    await expect(idle.gate.version(null)).resolves.toBe('1.0.0');
    jest.advanceTimersByTime(idleStopMs - 1);
    await new Promise(setImmediate);
    expect(idle.host.isActive(gateId)).toBe(true);
    jest.advanceTimersByTime(1);
    await until(() => statusOf(idle.host, gateId).state === 'shutdown');
    expect(statusOf(idle.host, gateId)).toMatchObject({ isWaiting: true });
    expect(idle.host.health().status).toBe('healthy');
    const [stopped] = await idle.registry.auditTrail({ event: 'plugin.shutdown' });
    expect(stopped).toMatchObject({ pluginId: gateId, detail: 'it was not called for 60000 ms' });

    await expect(idle.gate.version(null)).resolves.toBe('1.0.0');
    expect(idle.host.isActive(gateId)).toBe(true);
    jest.advanceTimersByTime(idleStopMs);
    await until(() => statusOf(idle.host, gateId).state === 'shutdown');
  });

  it('is not stopped while a call is in flight, and from its end on the idle time begins anew', async () => {
    await using idle = await startGateHost(tier, { idleStopMs, timeouts });
    const held = idle.gate.hold(null);
    await until(() => idle.latch.waiting === 1);
    jest.advanceTimersByTime(3 * idleStopMs + 1000);
    await new Promise(setImmediate);
    expect(idle.host.isActive(gateId)).toBe(true);
    idle.latch.open();
    await expect(held).resolves.toBe('1.0.0');
    jest.advanceTimersByTime(idleStopMs - 1);
    await new Promise(setImmediate);
    expect(idle.host.isActive(gateId)).toBe(true);
    jest.advanceTimersByTime(1);
    await until(() => statusOf(idle.host, gateId).state === 'shutdown');
  });

  it('answers a call that comes while it is being stopped', async () => {
    await using idle = await startGateHost(tier, { idleStopMs, timeouts });
    jest.advanceTimersByTime(idleStopMs);
    await until(() => statusOf(idle.host, gateId).isWaiting === true);
    await expect(idle.gate.version(null)).resolves.toBe('1.0.0');
    expect(idle.host.isActive(gateId)).toBe(true);
  });

  it('leaves no timer behind when its host stops', async () => {
    const idle = await startGateHost(tier, { idleStopMs, timeouts });
    await idle[Symbol.asyncDispose]();
    expect(jest.getTimerCount()).toBe(0);
  });
});
