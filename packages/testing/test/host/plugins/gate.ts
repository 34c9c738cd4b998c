import { defineCapability, Type } from '@stellaops/plugin-sdk';

/** What the plugin of the tests of the lifecycle can do. */
export const Gate = defineCapability({
  id: 'Gate',
  version: 1,
  methods: {
    version: { request: Type.Null(), response: Type.String() },
    /** Answers when the latch is opened. */
    hold: { request: Type.Null(), response: Type.String() },
    /** Two answers, the second when the latch is opened. */
    follow: { request: Type.Null(), responseStream: Type.String() },
  },
});

/** What it asks of the host: to wait until the test goes on. */
export const Latch = defineCapability({
  id: 'Latch',
  version: 1,
  methods: { wait: { request: Type.Null(), response: Type.Null() } },
});
