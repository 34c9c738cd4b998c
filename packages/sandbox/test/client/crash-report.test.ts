import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { writeCrashReport } from '../../src/client/crash-report.ts';
import type { EndMoment } from '../../src/client/end-record.ts';
import type { EndExplanation } from '../../src/client/explain-end.ts';
import { Secrets } from '../../src/client/secrets.ts';
import type { SandboxExit } from '../../src/client/sandbox-process.ts';

const problem = 'its process exited with code 7';
const explanation: EndExplanation = {
  cause: 'crashed',
  problem,
  error: new PluginError('SANDBOX_EXITED', { pluginId: 'acme.mortal', problem }),
};
const exit: SandboxExit = {
  code: 7,
  signal: undefined,
  wasKilled: false,
  memoryLimitHit: false,
  processLimitHit: false,
  peakMemoryMiB: 61.5,
  cpuMs: undefined,
  throttledMs: 12,
  leftBehind: undefined,
};
const moment: EndMoment = {
  at: new Date(0),
  instant: 5000,
  uptimeMs: 4000,
  calls: { toPlugin: [], toHost: [] },
};

describe('a crash report', () => {
  it('has what the kernel counted, and leaves out what it did not', () => {
    expect(writeCrashReport(explanation, moment, exit, ['bye'], new Secrets([]))).toEqual({
      cause: 'crashed',
      problem,
      at: new Date(0),
      uptimeMs: 4000,
      exitCode: 7,
      peakMemoryMiB: 61.5,
      throttledMs: 12,
      lastLines: ['bye'],
      callsInFlightCount: 0,
      callsInFlight: [],
    });
  });

  it('has the oldest twenty calls of both directions, and how many there were', () => {
    const call = (startedAt: number) => ({ capability: 'Vault v1', method: 'open', startedAt });
    const toPlugin = Array.from({ length: 1000 }, (_, index) => call(1000 + 2 * index));
    const { callsInFlight, callsInFlightCount } = writeCrashReport(
      explanation,
      { ...moment, calls: { toPlugin, toHost: [call(1001)] } },
      exit,
      [],
      new Secrets([]),
    );
    expect(callsInFlightCount).toBe(1001);
    expect(callsInFlight).toHaveLength(20);
    expect(callsInFlight.slice(0, 3)).toEqual([
      { direction: 'toPlugin', capability: 'Vault v1', method: 'open', ageMs: 4000 },
      { direction: 'toHost', capability: 'Vault v1', method: 'open', ageMs: 3999 },
      { direction: 'toPlugin', capability: 'Vault v1', method: 'open', ageMs: 3998 },
    ]);
  });

  it('is bounded and printable whatever the plugin wrote and called', () => {
    const evil = `\u001b[2Jgone\r\n\u0000\u202e\u{d800}${'x'.repeat(10_000)}`;
    const call = { capability: evil, method: evil, startedAt: 0 };
    const report = writeCrashReport(
      explanation,
      { ...moment, calls: { toPlugin: [], toHost: [call] } },
      exit,
      [evil],
      new Secrets([]),
    );
    const [line = ''] = report.lastLines;
    expect(line).toHaveLength(500);
    expect(line.startsWith('\\u001b[2Jgone\\u000d\\u000a\\u0000\\u202e\\ud800xxx')).toBe(true);
    expect(report.callsInFlight[0]?.capability).toHaveLength(200);
    expect(report.callsInFlight[0]?.method).toHaveLength(200);
  });

  it('has no secret, wherever in a line it stood and however it was written', () => {
    const secrets = new Secrets(['the one-time token']);
    secrets.learn(
      JSON.stringify({
        password: 'hunter2',
        nested: [{ key: 'hunter2-and-more' }],
        pem: '-----BEGIN KEY-----\nMIIEvQ==\n-----END KEY-----',
        quoted: 'a "very" secret',
        pin: '12345',
      }),
    );
    const lines = [
      'login with hunter2 failed, hunter2 is wrong',
      'hunter2-and-more',
      'MIIEvQ==',
      `{"quoted":${JSON.stringify('a "very" secret')}}`,
      'got the one-time token',
      `${'x'.repeat(495)}hunter2`,
      'pin 12345',
    ];
    expect(writeCrashReport(explanation, moment, exit, lines, secrets).lastLines).toEqual([
      'login with [redacted] failed, [redacted] is wrong',
      '[redacted]',
      '[redacted]',
      '{"quoted":"[redacted]"}',
      'got [redacted]',
      `${'x'.repeat(495)}[reda`,
      'pin 12345',
    ]);
  });
});
