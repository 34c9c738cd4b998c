import { randomUUID } from 'node:crypto';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

/** Tells which process answers, and what it costs. */
export const Twin = defineCapability({
  id: 'Twin',
  version: 1,
  methods: {
    who: { request: Type.Null(), response: Type.String() },
    /** Answers when it has met the other process. */
    meet: { request: Type.Null(), response: Type.String() },
    echo: { request: Type.String(), response: Type.String() },
    /** Uses the processor for so many milliseconds of its own time. */
    compute: { request: Type.Integer(), response: Type.Null() },
  },
});

/** What two processes of the plugin call to meet each other. */
export const Meeting = defineCapability({
  id: 'Meeting',
  version: 1,
  methods: { arrive: { request: Type.String(), response: Type.Null() } },
});

/** Made when the module is loaded, so that each process has its own. */
const name = randomUUID();

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: ({ resolve }) => ({
    provides: [
      implement(Twin, {
        who: async () => name,
        meet: async () => {
          await resolve(Meeting).arrive(name);
          return name;
        },
        echo: async (text) => text,
        compute: async (ms) => {
          const usedMs = (): number => process.cpuUsage().user / 1000;
          const until = usedMs() + ms;
          while (usedMs() < until);
          return null;
        },
      }),
    ],
  }),
});
