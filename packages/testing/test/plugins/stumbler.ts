import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

/** Fails, two functions deep. */
export const Stumbler = defineCapability({
  id: 'Stumbler',
  version: 1,
  methods: { stumble: { request: Type.Null(), response: Type.Null() } },
});

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: ({ logger }) => ({
    provides: [
      implement(Stumbler, {
        stumble: async () => {
          try {
            return stumbleOverTheStep();
          } catch (err) {
            logger.error({ err }, 'stumbled');
            throw err;
          }
        },
      }),
    ],
  }),
});

function stumbleOverTheStep(): never {
  throw new Error('it fell');
}
