import { definePlugin } from '@stellaops/plugin-sdk';

/** Does not come back from the step of its life that its configuration names, and prints what it was given. */
export const plugin = definePlugin({
  initialize: ({ config }) => {
    const { sleepsIn, isBusy } = Object(config);
    console.error(JSON.stringify(config));
    const sleep = (step: string): Promise<void> => {
      if (step !== sleepsIn) return Promise.resolve();
      if (isBusy) for (;;);
      return new Promise(() => undefined);
    };
    return sleep('initialize').then(() => ({
      start: () => sleep('start'),
      stop: () => sleep('stop'),
    }));
  },
});
