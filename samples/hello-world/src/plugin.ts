import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { Greeter } from './greeter.ts';

export const plugin = definePlugin({
  initialize: () => ({
    provides: [implement(Greeter, { greet: async ({ name }) => ({ greeting: `Hello, ${name}!` }) })],
  }),
});
