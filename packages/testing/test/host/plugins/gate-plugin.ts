import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { Gate, Latch } from './gate.ts';

/** The entry of the package. Its version 6.6.6 does not come up. */
export const plugin = definePlugin({
  initialize: ({ info: { version }, resolve }) => {
    if (version === '6.6.6') throw new Error('the well is dry');
    const latch = resolve(Latch);
    return {
      provides: [
        implement(Gate, {
          version: async () => version,
          hold: async () => {
            await latch.wait(null);
            return version;
          },
          async *follow() {
            yield version;
            await latch.wait(null);
            yield version;
          },
        }),
      ],
    };
  },
});
