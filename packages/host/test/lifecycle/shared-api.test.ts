import { describe, expect, it } from '@jest/globals';
import {
  defineCapability,
  type CallOptions,
  type CapabilityApi,
  type Plugin,
} from '@stellaops/plugin-abstractions';
import {
  answeredLater,
  follower,
  takesAnswer,
  type AnsweredCall,
} from '@stellaops/plugin-abstractions/hosting';
import { Member } from '../../src/lifecycle/instances/member.ts';
import { Members } from '../../src/lifecycle/instances/members.ts';
import { sharedApi } from '../../src/lifecycle/instances/shared-api.ts';

const Work = defineCapability({
  id: 'Work',
  version: 1,
  methods: { do: { request: { type: 'null' }, response: { type: 'string' } } },
});
type Do = (input: null, options?: CallOptions) => unknown;

describe('a call to one of several sandboxes whose options take the answer', () => {
  it.each<[string, (call: AnsweredCall) => void, string]>([
    ['answers', (call) => call.answered('done'), 'answered done'],
    ['fails', (call) => call.failed('torn'), 'failed torn'],
  ])('is told it when the sandbox %s, and counts for the sandbox until then', (_, settle, outcome) => {
    const given: CallOptions[] = [];
    const { api, member } = open((_input, options = {}) => {
      given.push(options);
      return answeredLater;
    });
    const { call, told } = calling();
    expect(api.do(null, call)).toBe(answeredLater);
    expect(member.callsInFlight).toBe(1);
    for (const options of given) if (takesAnswer(options)) settle(options);
    expect(told).toEqual([outcome]);
    expect(member.callsInFlight).toBe(0);
  });

  it('is the same call to the sandbox as to its caller', () => {
    const { call } = calling();
    const { api } = open((_input, options) => {
      const { signal, timeoutMs, traceparent } = options ?? {};
      expect({ signal, timeoutMs, traceparent }).toEqual({
        signal: call.signal,
        timeoutMs: 7,
        traceparent: 'trace',
      });
      if (!options || !takesAnswer(options)) throw new Error('the options take no answer');
      expect(options.startedAt).toBe(5);
      options[follower] = () => undefined;
      expect(call[follower]).toBe(options[follower]);
      return answeredLater;
    });
    expect(api.do(null, call)).toBe(answeredLater);
  });
});

describe('a call to one of several sandboxes', () => {
  it.each<[string, Do]>([
    ['answers with a promise', () => Promise.resolve('done')],
    ['rejects', () => Promise.reject(new Error('torn'))],
    [
      'throws',
      () => {
        throw new Error('torn');
      },
    ],
  ])('no longer counts for a sandbox that %s', async (_, work) => {
    const { api, member } = open(work);
    await (async () => api.do(null, calling().call))().catch(() => undefined);
    expect(member.callsInFlight).toBe(0);
  });
});

/** A call of a host, and what it is told. */
function calling(): { readonly call: AnsweredCall; readonly told: string[] } {
  const told: string[] = [];
  const call: AnsweredCall = {
    [follower]: undefined,
    startedAt: 5,
    signal: new AbortController().signal,
    timeoutMs: 7,
    traceparent: 'trace',
    answered: (value) => void told.push(`answered ${String(value)}`),
    failed: (error) => void told.push(`failed ${String(error)}`),
  };
  return { call, told };
}

function open(work: Do) {
  const api = { do: work } as CapabilityApi<typeof Work.methods>; // the schemas are plain data, and say no more
  const plugin = { api: () => api } as unknown as Plugin; // nothing else of it is asked for
  const member = new Member({ plugin, dispose: () => Promise.resolve() });
  return { member, api: sharedApi(Work, new Members([member])) as typeof api };
}
