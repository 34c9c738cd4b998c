import { describe, expect, it } from '@jest/globals';
import { defineCapability } from '@stellaops/plugin-abstractions';
import { defaultMessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { CallClient } from '../../src/wire/call-client.ts';
import { connectInMemory } from '../../src/wire/in-memory-connection.ts';

const Feed = defineCapability({
  id: 'Feed',
  version: 1,
  methods: { follow: { request: { type: 'null' }, responseStream: { type: 'null' } } },
});

describe('a stream that breaks off without a word', () => {
  it('fails the call, though its connection does not end with it', async () => {
    const { host, runner } = connectInMemory(16);
    host.receive(() => undefined);
    host.admitChannels(() => true);
    runner.receive((frame) => {
      if (frame.$case === 'call')
        void runner
          .channel({ calledByHost: true, id: frame.value.id }, new AbortController().signal)
          .then((channel) => channel.close());
    });
    const client = new CallClient(
      {
        pluginId: 'test.plugin',
        limits: defaultMessageLimits,
        transfersPayloads: true,
        send: (frame) => host.send(frame),
        channel: (call, signal) => host.channel(call, signal),
      },
      'host',
    );
    const items = client.api(Feed).follow(null)[Symbol.asyncIterator]();
    await expect(items.next()).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: { problem: 'its stream broke off' },
    });
  });
});
