import { definePlugin, implement, Type } from '@stellaops/plugin-sdk';
import { Greeter } from './greeter.ts';

/** The entry of the package. */
export const plugin = definePlugin({
  config: Type.Object({ greeting: Type.String({ default: 'Hello' }) }),
  initialize: ({ config, logger }) => ({
    provides: [
      implement(Greeter, {
        greet: async ({ name }) => {
          logger.info({ name }, 'greeting');
          return `${config.greeting}, ${name}!`;
        },
        fail: async ({ message }) => {
          throw new Error(message);
        },
        hang: () => new Promise(() => undefined),
        async *count(to) {
          for (let number = 1; number <= to; number++) yield number;
        },
      }),
    ],
  }),
});
