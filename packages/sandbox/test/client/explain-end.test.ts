import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { explainEnd, type EndFacts } from '../../src/client/explain-end.ts';

const quiet: EndFacts = {
  pluginId: 'acme.mortal',
  limits: { ...defaultSandboxLimits, memoryLimitMiB: 96, maxProcesses: 32, cpuLimitCores: 0.5 },
  action: undefined,
  wasKilled: false,
  code: undefined,
  signal: undefined,
  memoryLimitHit: false,
  processLimitHit: false,
  isHeapExhausted: false,
};
const killed = { wasKilled: true, signal: 'SIGKILL' } as const;
const silence = { kind: 'silence', timeoutMs: 10_000, watchedMs: 7500, throttledMs: 0 } as const;
const violation = {
  kind: 'violation',
  problem: 'it said hello twice',
  code: 'SANDBOX_PROTOCOL_VIOLATION',
} as const;

describe('the end of a sandbox by the host', () => {
  it.each<[string, Partial<EndFacts>, string, string]>([
    ['answered stop', { action: { kind: 'stopped' }, code: 0 }, 'stopped', 'stopped by the host'],
    ['is disposed', { ...killed, action: disposed(undefined) }, 'stopped', 'stopped by the host'],
    ['is disposed in load', { ...killed, action: disposed('load') }, 'startTimeout', 'did not load in time'],
    [
      'is disposed in initialize',
      { ...killed, action: disposed('initialize') },
      'startTimeout',
      'did not initialize in time',
    ],
    ['is disposed in start', { ...killed, action: disposed('start') }, 'startTimeout', 'did not start'],
    ['is disposed in stop', { ...killed, action: disposed('stop') }, 'unresponsive', 'did not stop in time'],
  ])('is explained when a plugin that %s is gone', (_, facts, cause, sentence) => {
    const explained = explainEnd({ ...quiet, ...facts });
    expect(explained).toMatchObject({ cause, error: { code: 'SANDBOX_EXITED' } });
    expect(explained.problem).toContain(sentence);
    expect(explained.error.message).toContain(explained.problem);
  });

  it('is unresponsive without a sign of life, whether or not the kernel counts what it holds back', () => {
    for (const throttledMs of [undefined, 0, 3749])
      expect(explainEnd({ ...quiet, ...killed, action: { ...silence, throttledMs } })).toMatchObject({
        cause: 'unresponsive',
        problem: 'it gave no sign of life for 10000 ms',
        error: { code: 'SANDBOX_UNRESPONSIVE', details: { timeoutMs: 10_000 } },
      });
  });

  it('is starvation when the kernel held it back for half of the silence', () => {
    const action = { ...silence, throttledMs: 3750 };
    expect(explainEnd({ ...quiet, ...killed, action })).toMatchObject({
      cause: 'cpuStarvation',
      problem: 'it gave no sign of life for 10000 ms, held back at its limit of 0.5 processor cores',
      error: {
        code: 'SANDBOX_LIMIT_EXCEEDED',
        details: { limit: 'limit of 0.5 processor cores', option: 'limits.cpuLimitCores' },
      },
    });
  });

  it.each(['SANDBOX_PROTOCOL_VIOLATION', 'SANDBOX_HANDSHAKE_FAILED'] as const)(
    'keeps %s and its reason, however fast the runner went',
    (code) => {
      for (const exit of [killed, { code: 0 }])
        expect(explainEnd({ ...quiet, ...exit, action: { ...violation, code } })).toMatchObject({
          cause: 'protocolViolation',
          problem: 'it said hello twice',
          error: { code, details: { problem: 'it said hello twice' } },
        });
    },
  );

  it('breaks the protocol when it closed its connection and had to be killed, unless its memory was full', () => {
    const facts = { ...quiet, ...killed, action: { kind: 'disconnected' } } as const;
    expect(explainEnd(facts)).toMatchObject({
      cause: 'protocolViolation',
      error: { code: 'SANDBOX_PROTOCOL_VIOLATION' },
    });
    expect(explainEnd({ ...facts, memoryLimitHit: true })).toMatchObject({ cause: 'memoryLimit' });
  });

  it.each([disposed(undefined), disposed('stop'), silence, { kind: 'disconnected' } as const])(
    'does not count as $kind when the process was faster',
    (action) => {
      expect(explainEnd({ ...quiet, action, code: 7 })).toMatchObject({
        cause: 'crashed',
        problem: 'its process exited with code 7',
      });
    },
  );
});

describe('the end of a sandbox by itself', () => {
  it.each<[string, Partial<EndFacts>, string, string]>([
    ['a code', { code: 7 }, 'crashed', 'its process exited with code 7'],
    ['nothing wrong', { code: 0 }, 'crashed', 'its process exited with code 0'],
    ['nothing known', {}, 'crashed', 'its process exited with code unknown'],
    ['a fault', { signal: 'SIGSEGV' }, 'crashed', 'its process was ended by SIGSEGV'],
    ['an abort', { signal: 'SIGABRT' }, 'crashed', 'its process was ended by SIGABRT'],
    ...(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const).map(
      (signal): [string, Partial<EndFacts>, string, string] => [
        signal,
        { signal },
        'killedFromOutside',
        `its process was ended by ${signal}, which the host did not send`,
      ],
    ),
    [
      'a signal at the limit of processes',
      { signal: 'SIGKILL', processLimitHit: true },
      'killedFromOutside',
      'its process was ended by SIGKILL, which the host did not send',
    ],
  ])('with %s is told by how its process ended', (_, facts, cause, problem) => {
    expect(explainEnd({ ...quiet, ...facts })).toMatchObject({
      cause,
      problem,
      error: { code: 'SANDBOX_EXITED', details: { problem } },
    });
  });

  it.each<[string, Partial<EndFacts>, string, string, string]>([
    [
      'the memory limit',
      { signal: 'SIGKILL', memoryLimitHit: true },
      'memoryLimit',
      'memory limit of 96 MiB',
      'limits.memoryLimitMiB',
    ],
    [
      'the memory limit in a child',
      { code: 1, memoryLimitHit: true, processLimitHit: true },
      'memoryLimit',
      'memory limit of 96 MiB',
      'limits.memoryLimitMiB',
    ],
    [
      'the limit of the V8 heap',
      { signal: 'SIGABRT', isHeapExhausted: true },
      'memoryLimit',
      'limit of the V8 heap, which is a part of its memory limit of 96 MiB',
      'limits.memoryLimitMiB',
    ],
    [
      'the limit of processes',
      { code: 1, processLimitHit: true },
      'processLimit',
      'limit of 32 processes and threads',
      'limits.maxProcesses',
    ],
  ])('at %s names the limit and its option', (_, facts, cause, limit, option) => {
    expect(explainEnd({ ...quiet, ...facts })).toMatchObject({
      cause,
      problem: `it reached its ${limit}`,
      error: { code: 'SANDBOX_LIMIT_EXCEEDED', details: { limit, option } },
    });
  });

  it('is no full heap when the process ended otherwise than V8 ends it', () => {
    expect(explainEnd({ ...quiet, code: 3, isHeapExhausted: true })).toMatchObject({ cause: 'crashed' });
  });
});

function disposed(during: 'load' | 'initialize' | 'start' | 'stop' | undefined) {
  return { kind: 'disposed', during } as const;
}
