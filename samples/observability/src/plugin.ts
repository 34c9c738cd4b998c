import { createHash } from 'node:crypto';
import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { Digester } from './digester.ts';

/** One source for all three tiers. */
export const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Digester, {
        digest: async ({ text, rounds }) => {
          if (text === '') throw new Error('there is nothing to digest');
          let sha256 = text;
          for (let round = 0; round < rounds; round++)
            sha256 = createHash('sha256').update(sha256).digest('hex');
          return { sha256 };
        },
      }),
    ],
  }),
});
