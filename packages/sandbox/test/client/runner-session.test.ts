import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defineCapability, implement, PluginError } from '@stellaops/plugin-abstractions';
import type { RunnerFrame } from '../../src/wire/connection.ts';
import { cancel } from '../hostile-wire/hostile-runner.ts';
import { hello, meet } from './meet-runner.ts';

const call = {
  id: 1,
  capability: 'Vault',
  version: 1,
  method: 'open',
  request: undefined,
  timeoutMs: 0,
  streamsRequest: false,
  streamsResponse: false,
  traceparent: '',
  transfersRequest: false,
};

describe('a runner that says hello', () => {
  it('is told the protocol, the plugin and the bounds', async () => {
    const { heard, say } = meet();
    say({ $case: 'hello', value: hello });
    expect(await heard()).toMatchObject({
      $case: 'hello',
      value: { protocol: 1, entry: 'plugin.js', limits: { jsonLimitBytes: 1_048_576 } },
    });
  });

  it.each([
    ['has the wrong token', { ...hello, token: 'guessed' }, 'the wrong token'],
    ['has no token', { ...hello, token: '' }, 'the wrong token'],
    [
      'speaks newer protocols alone',
      { ...hello, oldestProtocol: 2, newestProtocol: 3 },
      'speaks protocol 1 to 1, and the runner 2 to 3',
    ],
    ['speaks no protocol', { ...hello, oldestProtocol: 0, newestProtocol: 0 }, 'the runner 0 to 0'],
  ])('is turned away when it %s', async (_, value, problem) => {
    const { say, closed } = meet();
    say({ $case: 'hello', value });
    expect(await closed).toMatchObject({
      code: 'SANDBOX_HANDSHAKE_FAILED',
      details: { problem: expect.stringContaining(problem) },
    });
  });

  it.each<[string, readonly RunnerFrame[], string]>([
    [
      'speaks before',
      [{ $case: 'log', value: { level: 2, message: 'hi', fieldsJson: '' } }],
      'before it said hello',
    ],
    [
      'says it twice',
      [
        { $case: 'hello', value: hello },
        { $case: 'hello', value: hello },
      ],
      'hello twice',
    ],
  ])('breaks the protocol when it %s', async (_, frames, problem) => {
    const { say, closed } = meet();
    for (const frame of frames) say(frame);
    expect(await closed).toMatchObject({
      code: 'SANDBOX_PROTOCOL_VIOLATION',
      details: { problem: expect.stringContaining(problem) },
    });
  });
});

describe('a runner that is silent', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is asked for a sign of life, and may answer once', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const { say, heard, closed, silences } = meet();
    say({ $case: 'hello', value: hello });
    await heard();
    jest.advanceTimersByTime(2500);
    expect(await heard()).toEqual({ $case: 'ping', value: { id: 1 } });
    say({ $case: 'pong', value: { id: 1 } });
    say({ $case: 'pong', value: { id: 1 } });
    expect(await closed).toMatchObject({
      code: 'SANDBOX_PROTOCOL_VIOLATION',
      details: { problem: 'it answered a ping that nobody sent' },
    });
    expect(silences()).toBe(0);
  });

  it('breaks the protocol when it answers what was not asked', async () => {
    const { say, closed } = meet();
    say({ $case: 'hello', value: hello });
    say({ $case: 'pong', value: { id: 1 } });
    expect(await closed).toMatchObject({ code: 'SANDBOX_PROTOCOL_VIOLATION' });
  });

  it('is told of when its time is over, and not before it was greeted', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const { say, heard, silences } = meet();
    jest.advanceTimersByTime(60_000);
    expect(silences()).toBe(0);
    say({ $case: 'hello', value: hello });
    await heard();
    jest.advanceTimersByTime(10_000);
    expect(silences()).toBe(1);
  });

  it('leaves no timer behind when its connection has closed', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const { say, heard, hangUp, closed } = meet();
    say({ $case: 'hello', value: hello });
    await heard();
    expect(jest.getTimerCount()).toBe(1);
    hangUp();
    await closed;
    await Promise.resolve();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a runner at work', () => {
  it('has its calls and those of the host listed while they have no answer', async () => {
    const vault = defineCapability({
      id: 'Vault',
      version: 1,
      methods: { open: { request: { type: 'null' }, response: { type: 'null' } } },
    });
    const never = implement(vault, { open: () => new Promise<never>(() => undefined) });
    const { session, say, heard } = meet({ services: { find: () => never } });
    say({ $case: 'hello', value: hello });
    await heard();
    const opening = session.api(vault).open(null);
    await heard();
    say({ $case: 'call', value: { ...call, request: { json: 'null', attachments: [] } } });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const open = { capability: 'Vault v1', method: 'open', startedAt: expect.any(Number) };
    expect(session.callsInFlight).toMatchObject({ toPlugin: [open], toHost: [open] });
    say({
      $case: 'answer',
      value: { id: 1, result: { $case: 'response', value: { json: 'null', attachments: [] } } },
    });
    await opening;
    expect(session.callsInFlight).toMatchObject({ toPlugin: [], toHost: [open] });
  });

  it('has no call begun any more when its sandbox is gone', async () => {
    const find = jest.fn(() => {
      throw new Error('there is nothing');
    });
    const { session, say, heard } = meet({ services: { find } });
    say({ $case: 'hello', value: hello });
    await heard();
    session.close(new PluginError('SANDBOX_EXITED', { pluginId: 'test.plugin', problem: 'it crashed' }));
    say({ $case: 'call', value: call });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(find).not.toHaveBeenCalled();
  });

  it('is not believed when it answers what nobody asked', async () => {
    const { say, heard } = meet();
    say({ $case: 'hello', value: hello });
    say({ $case: 'answer', value: { id: 77, result: undefined } });
    say({ $case: 'controlDone', value: { id: 77, failure: undefined } });
    say(cancel(77, 'why not'));
    say({ $case: 'call', value: call });
    await heard();
    expect(await heard()).toMatchObject({
      $case: 'answer',
      value: { id: 1, result: { $case: 'failure', value: { code: 'CAPABILITY_NOT_DECLARED' } } },
    });
  });

  it('never sees a stack of its host', async () => {
    const { say, heard } = meet();
    say({ $case: 'hello', value: hello });
    say({ $case: 'call', value: call });
    await heard();
    expect(await heard()).toMatchObject({ value: { result: { value: { stack: '' } } } });
  });

  it('may fail a step with codes of its own only', async () => {
    const { session, say } = meet();
    say({ $case: 'hello', value: hello });
    const step = session.steps.run({ $case: 'load', value: {} }, 0);
    const detailsJson = JSON.stringify({ pluginId: 'somebody.else', problem: 'gone' });
    say({
      $case: 'controlDone',
      value: { id: 1, failure: { code: 'SANDBOX_EXITED', detailsJson, stack: 'at evil' } },
    });
    await expect(step).rejects.toMatchObject({
      code: 'LIFECYCLE_FAILED',
      details: { pluginId: 'test.plugin' },
    });
  });
});
