import { describe, expect, it } from '@jest/globals';
import {
  defineCapability,
  PluginError,
  type CallOptions,
  type CapabilityApi,
} from '@stellaops/plugin-abstractions';
import {
  answeredLater,
  endOfItems,
  follower,
  ItemStream,
  NextItem,
  takesAnswer,
  takesFollower,
  type StreamStep,
} from '@stellaops/plugin-abstractions/hosting';
import { defaultCallBounds } from '../../src/dispatch/call-bounds.ts';
import { CallGate } from '../../src/dispatch/call-gate.ts';
import { wrapApi } from '../../src/dispatch/call-link.ts';
import { CallLedger } from '../../src/dispatch/call-statistics.ts';
import { guarded } from '../../src/dispatch/guarded.ts';
import { channelOf } from './channel-of.ts';

const Echo = defineCapability({
  id: 'Echo',
  version: 1,
  methods: {
    say: { request: { type: 'string' }, response: { type: 'string' } },
    spell: { request: { type: 'string' }, responseStream: { type: 'string' } },
  },
});
type Echoing = CapabilityApi<typeof Echo.methods>;
const target = { pluginId: 'test.echo', capability: 'Echo v1', method: 'say' };

/** As a sandbox does: it ends a call that is given up by itself. */
function followed(options: CallOptions = {}): PromiseWithResolvers<string> {
  const answer = Promise.withResolvers<string>();
  if (takesFollower(options)) options[follower] = (error) => answer.reject(error);
  return answer;
}

/** As a sandbox does where it can: it tells the options the answer. */
function told(options: CallOptions = {}): PromiseWithResolvers<string> {
  if (!takesAnswer(options)) throw new Error('the options take no answer');
  return {
    promise: answeredLater as never,
    resolve: (value) => options.answered(value),
    reject: (error) => options.failed(error),
  };
}

describe.each([
  ['that tells the answer', told],
  ['that ends by itself when it is given up', followed],
  ['that hears of nothing', () => Promise.withResolvers<string>()],
])('a call to another process %s', (_, begin) => {
  it('is answered with what fits the contract, and fails by what does not', async () => {
    const { api, ledger } = open({
      say: (text, options) => {
        const { promise, resolve } = begin(options);
        resolve(text === 'wrong' ? (7 as never) : text);
        return promise;
      },
    });
    await expect(api.say('right')).resolves.toBe('right');
    await expect(api.say('wrong')).rejects.toMatchObject({ code: 'RESPONSE_INVALID', details: target });
    await expect(api.say(7 as never)).rejects.toMatchObject({ code: 'REQUEST_INVALID', details: target });
    expect(ledger.statistics('test.echo')).toMatchObject({
      calls: 3,
      inFlight: 0,
      errorsByCode: { RESPONSE_INVALID: 1, REQUEST_INVALID: 1 },
    });
  });

  it('fails as its caller gives up, and with what it fails of itself', async () => {
    const { api, ledger } = open({ say: (_text, options) => begin(options).promise });
    const tired = new AbortController();
    const given = api.say('a', { signal: tired.signal });
    tired.abort(new Error('tired'));
    await expect(given).rejects.toMatchObject({ code: 'CALL_CANCELLED', details: { problem: 'tired' } });
    const late = api.say('a', { timeoutMs: 1 });
    await expect(late).rejects.toMatchObject({ code: 'CALL_TIMED_OUT', details: { timeoutMs: 1 } });
    expect(ledger.statistics('test.echo')).toMatchObject({ inFlight: 0, cancelled: 1, timedOut: 1 });
  });

  it('is given up also by who gives up while it is being made', async () => {
    const tired = new AbortController();
    const { api } = open({
      say: (_text, options) => {
        const { promise } = begin(options);
        tired.abort(new Error('tired'));
        return promise;
      },
    });
    const given = api.say('a', { signal: tired.signal });
    await expect(given).rejects.toMatchObject({ code: 'CALL_CANCELLED', details: { problem: 'tired' } });
  });

  it('fails with the error that the other side failed with', async () => {
    const error = new PluginError('CALL_FAILED', { ...target, problem: 'no voice' });
    const { api, ledger } = open({
      say: (_text, options) => {
        const { promise, reject } = begin(options);
        reject(error);
        return promise;
      },
    });
    await expect(api.say('a')).rejects.toBe(error);
    expect(ledger.statistics('test.echo')?.errorsByCode).toEqual({ CALL_FAILED: 1 });
  });
});

it('a stream from another process ends by the first item that does not fit the contract', async () => {
  const { api } = open({
    async *spell() {
      yield 'a';
      yield 7 as never;
    },
  });
  const items = api.spell('ab')[Symbol.asyncIterator]();
  expect(await items.next()).toEqual({ done: false, value: 'a' });
  await expect(items.next()).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

/** As a sandbox streams: it begins when somebody looks whether an item is there, and gives one that comes later. */
class Letters extends ItemStream<string> {
  #given = 0;
  #isBegun = false;

  protected override take(): undefined {
    this.#isBegun = true;
  }

  protected override wait(): Promise<StreamStep<string>> {
    if (!this.#isBegun) throw new Error('nobody has looked');
    this.#given += 1;
    return Promise.resolve(this.#given > 2 ? endOfItems : new NextItem(`letter ${this.#given}`));
  }

  protected override leave(): void {
    this.#isBegun = false;
  }
}

it.each([
  ['at once', 2],
  ['when it has waited for its turn', 1],
])('a stream from another process begins %s', async (_, maxConcurrent) => {
  const held = Promise.withResolvers<string>();
  const gate = new CallGate({ ...defaultCallBounds, maxConcurrent });
  const { api } = open({ say: () => held.promise, spell: () => new Letters() }, gate);
  const before = api.say('a');
  const letters = Array.fromAsync(api.spell('ab'));
  held.resolve('a');
  expect(await letters).toEqual(['letter 1', 'letter 2']);
  await before;
});

function open(
  echoing: Partial<Echoing>,
  gate = new CallGate(defaultCallBounds),
): { readonly api: Echoing; readonly ledger: CallLedger } {
  const ledger = new CallLedger();
  const channel = channelOf({ counters: ledger.of('test.echo'), gate });
  const api = { say: () => Promise.reject(new Error('silent')), ...echoing };
  return { api: wrapApi(Echo, 'test.echo', api as Echoing, [guarded(channel)]), ledger };
}
