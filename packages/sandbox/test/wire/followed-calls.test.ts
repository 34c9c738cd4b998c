import { expect, it } from '@jest/globals';
import { defineCapability, PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import { defaultMessageLimits, follower, type FollowedCall } from '@stellaops/plugin-abstractions/hosting';
import { CallClient } from '../../src/wire/call-client.ts';
import type { CallFrame } from '../../src/wire/connection.ts';

const Vault = defineCapability({
  id: 'Vault',
  version: 1,
  methods: { echo: { request: {}, response: {} } },
});

it('a call that takes a follower is begun when its options say, given up by it, and never asked for a signal', async () => {
  const sent: CallFrame[] = [];
  const port = {
    pluginId: 'test.plugin',
    limits: defaultMessageLimits,
    transfersPayloads: false,
    send: (frame: CallFrame) => void sent.push(frame),
    channel: () => Promise.reject(new Error('none of these calls streams')),
  };
  const client = new CallClient(port, 'host');
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
  const details = { pluginId: 'test.plugin', capability: 'Vault v1', method: 'echo' };
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
