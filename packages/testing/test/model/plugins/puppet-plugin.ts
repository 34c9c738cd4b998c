import { randomUUID } from 'node:crypto';
import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { Puppet, Stage } from './puppet.ts';

/** The entry of the packages. Versions n.1.0 do not initialize, versions n.2.0 do not start. */
export const plugin = definePlugin({
  initialize: ({ info: { version }, resolve }) => {
    if (/^\d+\.1\./.test(version)) throw new Error('the strings are tangled');
    const stage = resolve(Stage);
    const life = randomUUID();
    return {
      provides: [
        implement(Puppet, {
          echo: async (call) => {
            await stage.enter(call);
            return { call, version, life };
          },
          async *count({ call, items }) {
            await stage.enter(call);
            for (let item = 0; item < items; item++) yield { call, item };
          },
          hold: async (call, options) => {
            await stage.enter(call);
            await stage.wait(call, { signal: options?.signal });
            return { call, version, life };
          },
        }),
      ],
      start: () => {
        if (/^\d+\.2\./.test(version)) throw new Error('the strings are torn');
      },
    };
  },
});
