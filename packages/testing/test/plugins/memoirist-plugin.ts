import { readdirSync, writeFileSync } from 'node:fs';
import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { Memoirist } from './memoirist.ts';

declare const word: string;

const runs = ((globalThis as { runs?: number }).runs ??= 0) + 1;
(globalThis as { runs?: number }).runs = runs;

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Memoirist, {
        tell: async () => ({
          word,
          runs,
          writing: tryToWrite('/runtime/compiled/mine'),
          temporary: readdirSync('/tmp'),
          place: /[\w-]+\.\w+:\d+:\d+/.exec(new Error('here').stack ?? '')?.[0] ?? '',
        }),
      }),
    ],
  }),
});

function tryToWrite(file: string): string {
  try {
    writeFileSync(file, '');
    return 'it worked';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
