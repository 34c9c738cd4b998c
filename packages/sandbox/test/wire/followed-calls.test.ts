import { expect, it } from '@jest/globals';
import { defineCapability, PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import {
  answeredLater,
  defaultMessageLimits,
  follower,
  type AnsweredCall,
  type FollowedCall,
} from '@stellaops/plugin-abstractions/hosting';
import { CallClient } from '../../src/wire/call-client.ts';
import type { CallFrame } from '../../src/wire/connection.ts';

const Vault = defineCapability({
  id: 'Vault',
  version: 1,
  methods: { echo: { request: {}, response: {} } },
});

const details = { pluginId: 'test.plugin', capability: 'Vault v1', method: 'echo' };

it('a call that takes a follower is begun when its options say, given up by it, and never asked for a signal', async () => {
  const { client, sent } = open();
  let looks = 0;
  const options: FollowedCall & CallOptions = {
    [follower]: undefined,
    startedAt: 5,
    timeoutMs: 7,
    get signal() {
      looks += 1;
      return undefined;
    },
  };
  const answer = client.api(Vault).echo('question', options);
  expect(client.callsInFlight).toEqual([
    expect.objectContaining({ capability: 'Vault v1', method: 'echo', startedAt: 5 }),
  ]);
  const error = new PluginError('CALL_TIMED_OUT', { ...details, timeoutMs: 7 });
  options[follower]?.(error);
  await expect(answer).rejects.toBe(error);
  expect(sent).toMatchObject([
    { $case: 'call', value: { id: 1, timeoutMs: 7 } },
    { $case: 'cancel', value: { id: 1 } },
  ]);
  expect(client.callsInFlight).toEqual([]);
  expect(looks).toBe(0);
});

it.each<[string, string, unknown]>([
  ['answered', '"answer"', ['answered', 'answer']],
  ['what is wrong with the answer', '"answ', ['failed', { code: 'RESPONSE_INVALID', details }]],
])('a call whose options take it is told %s, without a promise', (_, json, told) => {
  const { client } = open();
  const { call, heard } = calling();
  expect(client.api(Vault).echo('question', call)).toBe(answeredLater);
  client.receive({ id: 1, result: { $case: 'response', value: { json, attachments: [] } } });
  client.close(new PluginError('SANDBOX_EXITED', { pluginId: 'test.plugin', problem: 'it is over' }));
  expect(heard).toMatchObject([told]);
  expect(client.callsInFlight).toEqual([]);
});

it.each<[string, (client: CallClient, call: AnsweredCall, error: PluginError) => void]>([
  ['it is given up', (_client, call, error) => call[follower]?.(error)],
  ['the connection closes', (client, _call, error) => client.close(error)],
])('a call whose options take its answer is told when %s', (_, end) => {
  const { client } = open();
  const { call, heard } = calling();
  expect(client.api(Vault).echo('question', call)).toBe(answeredLater);
  const error = new PluginError('CALL_TIMED_OUT', { ...details, timeoutMs: 7 });
  end(client, call, error);
  expect(heard).toEqual([['failed', error]]);
  expect(client.callsInFlight).toEqual([]);
});

it('a call that cannot be sent fails once: by what it returns, and not when the connection closes', async () => {
  const problem = new RangeError('Array buffer allocation failed');
  const { client } = open(() => {
    throw problem;
  });
  const { call, heard } = calling();
  await expect(client.api(Vault).echo('question', call)).rejects.toBe(problem);
  expect(client.callsInFlight).toEqual([]);
  client.close(new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: 'test.plugin', state: 'failed' }));
  expect(heard).toEqual([]);
});

/** Options that take their answer, and what they were told. */
function calling(): { readonly call: AnsweredCall; readonly heard: [string, unknown][] } {
  const heard: [string, unknown][] = [];
  const call: AnsweredCall = {
    [follower]: undefined,
    startedAt: 5,
    answered: (value) => void heard.push(['answered', value]),
    failed: (error) => void heard.push(['failed', error]),
  };
  return { call, heard };
}

function open(send?: () => never): { readonly client: CallClient; readonly sent: CallFrame[] } {
  const sent: CallFrame[] = [];
  const port = {
    pluginId: 'test.plugin',
    limits: defaultMessageLimits,
    transfersPayloads: false,
    send: send ?? ((frame: CallFrame) => void sent.push(frame)),
    channel: () => Promise.reject(new Error('none of these calls streams')),
  };
  return { client: new CallClient(port, 'host'), sent };
}
