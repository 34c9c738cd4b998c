import { describe, expect, it } from '@jest/globals';
import { completeOptions } from '../src/host-options.ts';

describe('the options of a host', () => {
  it('have the defaults that the documentation promises', () => {
    const options = completeOptions({});
    expect(options.timeouts).toEqual({
      admitTimeoutMs: 60_000,
      loadTimeoutMs: 10_000,
      initializeTimeoutMs: 10_000,
      startTimeoutMs: 10_000,
      callTimeoutMs: 30_000,
      stopTimeoutMs: 5_000,
      heartbeatTimeoutMs: 5_000,
      drainTimeoutMs: 5_000,
      disposeTimeoutMs: 15_000,
      registryTimeoutMs: 10_000,
      journalTimeoutMs: 10_000,
    });
    expect(options.limits).toMatchObject({
      memoryLimitMiB: 256,
      cpuLimitCores: 1,
      maxProcesses: 64,
      maxOpenFiles: 256,
      temporarySpaceMiB: 32,
      logLinesPerSecond: 200,
      outputKiBPerSecond: 1024,
    });
    expect(options).toMatchObject({ waivedIsolation: [], restart: false, maxParallelStarts: 8 });
    expect(options).toMatchObject({ activation: 'eager', idleStopMs: false, stopOnSignals: [] });
    expect(options.messages).toMatchObject({
      jsonLimitBytes: 1024 * 1024,
      bytesLimitBytes: 16 * 1024 * 1024,
    });
    expect(options).toMatchObject({ builtIn: [], pluginPaths: [], config: {}, services: [], required: [] });
    expect(options).not.toHaveProperty('registry');
    expect(options).not.toHaveProperty('sandbox');
  });

  it('trust nothing on disk by default', async () => {
    const manifest = {
      manifestVersion: 1 as const,
      id: 'a.b',
      name: 'B',
      version: '1.0.0',
      entry: 'b.js',
      provides: [],
    };
    const decision = await completeOptions({}).trust({ source: '/b', manifest, digest: 'd' });
    expect(decision.trustLevel).toBe('untrusted');
  });

  it('name the host after its machine and process, and the actor after the host, unless they are told', () => {
    const { hostId, actor } = completeOptions({});
    expect(hostId).toMatch(new RegExp(`^.+:${process.pid}$`));
    expect(actor).toBe(`host:${hostId}`);
    expect(completeOptions({ hostId: 'scanner-1' })).toMatchObject({
      hostId: 'scanner-1',
      actor: 'host:scanner-1',
    });
    expect(completeOptions({ hostId: 'scanner-1', actor: 'service:scanner' })).toMatchObject({
      actor: 'service:scanner',
    });
  });

  it('keep the defaults of a group of which only one is told', () => {
    const { timeouts } = completeOptions({ timeouts: { callTimeoutMs: 1 } });
    expect(timeouts).toMatchObject({ callTimeoutMs: 1, stopTimeoutMs: 5_000 });
  });

  it('refuse a host that would start nothing', () => {
    expect(() => completeOptions({ maxParallelStarts: 0 })).toThrow(
      'maxParallelStarts must be a positive number, not 0',
    );
  });

  it('refuse an activation that there is not, an idle time that is none, and signals that nobody hears', () => {
    const late = { activation: 'later' } as object; // what JavaScript could pass
    expect(() => completeOptions({ perPlugin: { 'acme.x': late } })).toThrow(
      "perPlugin['acme.x'].activation is eager or onFirstCall, not later",
    );
    expect(() => completeOptions({ idleStopMs: 0 })).toThrow('idleStopMs must be a positive number, not 0');
    expect(() => completeOptions({ stopOnSignals: ['SIGTERM', 'SIGKILL'] })).toThrow(
      'stopOnSignals names SIGKILL, to which no process can listen',
    );
  });

  it.each([0, -1, NaN, '30', null, undefined])(
    'refuse %p where a positive number stands, and name the option',
    (wrong) => {
      const value = wrong as number; // what JavaScript could pass
      expect(() => completeOptions({ timeouts: { callTimeoutMs: value } })).toThrow(
        `timeouts.callTimeoutMs must be a positive number, not ${String(wrong)}`,
      );
      expect(() => completeOptions({ limits: { memoryLimitMiB: value } })).toThrow(
        'limits.memoryLimitMiB must be',
      );
      expect(() => completeOptions({ messages: { jsonLimitBytes: value } })).toThrow(
        'messages.jsonLimitBytes must be',
      );
    },
  );

  it.each([
    ['timeouts', { callTimeout: 5 }, 'timeouts.callTimeout is no option'],
    ['limits', { memoryLimitMB: 5 }, 'limits.memoryLimitMB is no option'],
    ['messages', { jsonLimit: 5 }, 'messages.jsonLimit is no option'],
  ])(
    'refuse a name that %s does not have, lest a bound be missed for a slip of the pen',
    (group, wrong, message) => {
      expect(() => completeOptions({ [group]: wrong })).toThrow(message);
    },
  );
});
