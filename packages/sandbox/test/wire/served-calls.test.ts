import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  defineCapability,
  implement,
  PluginError,
  type CallOptions,
  type CapabilityApi,
} from '@stellaops/plugin-abstractions';
import { defaultMessageLimits, schemaCheck } from '@stellaops/plugin-abstractions/hosting';
import { CallServer } from '../../src/wire/call-server.ts';
import type { CallFrame } from '../../src/wire/connection.ts';
import { call } from '../hostile-wire/hostile-runner.ts';

const anything = {};
const Vault = defineCapability({
  id: 'Vault',
  version: 1,
  methods: { echo: { request: anything, response: anything } },
});
type Echo = CapabilityApi<typeof Vault.methods>['echo'];

afterEach(() => {
  jest.useRealTimers();
});

describe('a call that is served', () => {
  it('is given options that are plain data, with one signal that is aborted for the reason of its caller', async () => {
    const given: CallOptions[] = [];
    const { server, said } = serve(() => async (_, options = {}) => {
      given.push(options, { ...options });
      await new Promise(() => undefined);
    });
    server.receive(call(1, { timeoutMs: 5000 }).value);
    const [options, copy] = given;
    expect(copy).toEqual({ signal: options?.signal, timeoutMs: 5000, traceparent: undefined });
    expect(copy?.signal).toBe(options?.signal);
    expect(options?.signal?.aborted).toBe(false);
    server.cancel({ id: 1, reason: 'enough', errorName: '', failure: undefined });
    expect(options?.signal?.reason).toBe('enough');
    await settled();
    expect(said).toEqual([]);
  });

  it.each<[string, Echo]>([
    [
      'throws at once',
      () => {
        throw new Error('the disk is full');
      },
    ],
    ['rejects with', () => Promise.reject(new Error('the disk is full'))],
    ['returns, and JSON cannot say', async () => 1n],
  ])('fails with what its implementation %s, and then is over', async (_, echo) => {
    const { server, said } = serve(() => echo);
    server.receive(call(1).value);
    await settled();
    expect(said).toMatchObject([{ $case: 'answer', value: { id: 1, result: { $case: 'failure' } } }]);
    expect(server.callsInFlight).toEqual([]);
  });

  it('goes to what serves it now, and not to what served the one before', async () => {
    const answers: Echo[] = [async () => 'first', async () => 'second'];
    const { server, said } = serve(() => answers.shift());
    server.receive(call(1).value);
    server.receive(call(2).value);
    await settled();
    expect(said).toMatchObject([
      { value: { id: 1, result: { value: { json: '"first"' } } } },
      { value: { id: 2, result: { value: { json: '"second"' } } } },
    ]);
  });

  it('is told once that its time is over, and nothing when it was cancelled before', async () => {
    jest.useFakeTimers();
    const { server, said } = serve(() => () => new Promise(() => undefined));
    server.receive(call(1, { timeoutMs: 10 }).value);
    server.receive(call(2, { timeoutMs: 20 }).value);
    server.receive(call(3, { timeoutMs: 30 }).value);
    server.cancel({ id: 2, reason: 'enough', errorName: '', failure: undefined });
    await jest.advanceTimersByTimeAsync(40);
    const timedOut = { $case: 'failure', value: { code: 'CALL_TIMED_OUT' } };
    expect(said).toMatchObject([
      { value: { id: 1, result: timedOut } },
      { value: { id: 3, result: timedOut } },
    ]);
  });
});

/** A server of the vault, whose one method is asked for at every call, and what it says. */
function serve(echo: () => Echo | undefined): {
  readonly server: CallServer;
  readonly said: readonly CallFrame[];
} {
  const said: CallFrame[] = [];
  const port = {
    pluginId: 'test.plugin',
    limits: defaultMessageLimits,
    transfersPayloads: true,
    send: (frame: CallFrame) => void said.push(frame),
    channel: () => Promise.reject(new Error('none of these calls streams')),
  };
  const server = new CallServer(port, 'runner', {
    directory: { find: () => implement(Vault, { echo: echo() ?? (() => Promise.resolve()) }) },
    schemaCheck,
    failureOf: (thrown, target) => new PluginError('CALL_FAILED', { ...target, problem: String(thrown) }),
  });
  return { server, said };
}

/** Resolves when promises that are settled have been heard. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
