import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import {
  defineCapability,
  PluginError,
  type CallOptions,
  type CapabilityApi,
} from '@stellaops/plugin-abstractions';
import { closeChannel, type PluginChannel } from '../../src/dispatch/call-channel.ts';
import { wrapApi } from '../../src/dispatch/call-link.ts';
import { CallLedger } from '../../src/dispatch/call-statistics.ts';
import { monitored } from '../../src/dispatch/monitored.ts';
import { channelOf } from './channel-of.ts';

const Echo = defineCapability({
  id: 'Echo',
  version: 1,
  methods: { say: { request: { type: 'string' }, response: { type: 'string' } } },
});
const ended = new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: 'test.echo', state: 'shutdown' });
type Say = (text: string, options?: CallOptions) => Promise<string>;

describe('a call to a plugin in this process', () => {
  it.each<[string, Say]>([
    ['throws', () => thrown(new Error('no voice'))],
    ['rejects with', () => Promise.reject(new Error('no voice'))],
  ])('fails with a code of what the plugin %s, and keeps it as the cause', async (_, say) => {
    const { api, ledger } = open(say);
    await expect(api.say('a')).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: { pluginId: 'test.echo', capability: 'Echo v1', method: 'say', problem: 'no voice' },
      cause: new Error('no voice'),
    });
    expect(ledger.statistics('test.echo')?.errorsByCode).toEqual({ CALL_FAILED: 1 });
  });

  it.each<[string, Say]>([
    ['throws', () => thrown(new Error('no voice'))],
    ['answers without a promise', (text) => text as unknown as Promise<string>], // as a plugin that nobody compiled may
  ])('is counted and has ended when the plugin %s at once', async (_, say) => {
    const { api, ledger, channel } = open(say);
    await api.say('a').catch(() => undefined);
    expect(ledger.statistics('test.echo')).toMatchObject({ calls: 1, inFlight: 0 });
    expect(channel.calls.count).toBe(0);
    expect(channel.deadlines.all()).toEqual([]);
  });

  it('does not take an error of the framework that the plugin throws for one of the host', async () => {
    const forged = new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: 'test.other', state: 'failed' });
    const { api } = open(() => Promise.reject(forged));
    await expect(api.say('a')).rejects.toMatchObject({ code: 'CALL_FAILED', cause: forged });
  });

  it.each([
    ['an object without a prototype', Object.create(null)],
    ['a symbol', Symbol('no voice')],
  ])('fails also when the plugin throws %s', async (_, value) => {
    const { api } = open(() => thrown(value));
    await expect(api.say('a')).rejects.toMatchObject({ code: 'CALL_FAILED', cause: value });
  });

  it('shows an author what he was told when he prints his options, and nothing of the host', async () => {
    const printed: string[] = [];
    const { api } = open((text, options) => {
      printed.push(inspect(options));
      return Promise.resolve(text);
    });
    await api.say('a', { timeoutMs: 7 });
    expect(printed[0]).toContain('timeoutMs: 7');
    expect(printed[0]).not.toContain('channel');
  });

  it('ends with the plugin, also when it has no deadline', async () => {
    const { api, ledger, channel } = open(() => new Promise(() => undefined), { callTimeoutMs: Infinity });
    const call = api.say('a').catch((error: unknown) => error);
    closeChannel(channel, ended);
    expect(await call).toBe(ended);
    expect(ledger.statistics('test.echo')).toMatchObject({ inFlight: 0, errors: 1 });
  });

  it.each([Infinity, 30_000])(
    'is not answered by what comes late, with a deadline of %d ms',
    async (callTimeoutMs) => {
      const said = Promise.withResolvers<string>();
      const { api, ledger, channel } = open(() => said.promise, { callTimeoutMs });
      const call = api.say('a').catch((error: unknown) => error);
      closeChannel(channel, ended);
      said.resolve('b');
      expect(await call).toBe(ended);
      expect(ledger.statistics('test.echo')).toMatchObject({ calls: 1, inFlight: 0, errors: 1 });
      expect(channel.calls.count).toBe(0);
    },
  );

  it('never reaches a plugin that has ended', async () => {
    const { api, ledger, channel } = open((text) => thrown(new Error(`reached by ${text}`)));
    closeChannel(channel, ended);
    await expect(api.say('a')).rejects.toBe(ended);
    expect(ledger.statistics('test.echo')).toMatchObject({ calls: 1, inFlight: 0, errors: 1 });
  });

  it('is given up when it ends the plugin itself, and tells it by its signal', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { api, channel } = open((text, options) => {
      closeChannel(channel, ended);
      signals.push(options?.signal);
      return Promise.resolve(text);
    });
    await expect(api.say('a')).rejects.toBe(ended);
    expect(signals[0]?.reason).toBe(ended);
    expect(channel.deadlines.all()).toEqual([]);
  });
});

describe('many calls at once to a plugin in this process', () => {
  it('are counted each, and their durations add up to them with those that were not timed', async () => {
    const { api, ledger, channel } = open((text) => Promise.resolve(text), { callTimeoutMs: Infinity });
    const count = 10_000;
    for (let call = 0; call < count; call += 1) await api.say('a');
    expect(ledger.statistics('test.echo')).toMatchObject({ calls: count, errors: 0, inFlight: 0 });
    const timed = durationsOf(channel);
    expect(timed).toBeLessThanOrEqual(count);
    expect(timed).toBeGreaterThan(count - 64);
  });

  it('tell each how long it held up the event loop, where calls have a deadline', async () => {
    const told: number[] = [];
    const blocked = (_: unknown, durationMs: number): void => void told.push(durationMs);
    const { api } = open((text) => Promise.resolve(text), { blocked });
    for (let call = 0; call < 1000; call += 1) await api.say('a');
    expect(told).toHaveLength(1000);
  });
});

function thrown(value: unknown): never {
  throw value;
}

/** For how many calls the durations stand that were counted. */
function durationsOf({ counters }: PluginChannel): number {
  return counters.methods.flatMap(({ durations }) => [...durations.counts]).reduce((sum, n) => sum + n, 0);
}

function open(say: Say, given: Partial<PluginChannel> = {}) {
  const ledger = new CallLedger();
  const channel = channelOf({ counters: ledger.of('test.echo'), blocked: () => undefined, ...given });
  const implementation = { say } as CapabilityApi<typeof Echo.methods>; // the schemas are plain data, and say no more
  return { ledger, channel, api: wrapApi(Echo, 'test.echo', implementation, [monitored(channel)]) };
}
