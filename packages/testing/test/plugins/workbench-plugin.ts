import { definePlugin, implement, isPluginError, Type, type CallOptions } from '@stellaops/plugin-sdk';
import { Journal, Oracle, Vault, Workbench } from './workbench.ts';

async function* upTo(to: number): AsyncGenerator<number> {
  for (let number = 1; number <= to; number++) yield number;
}

/** The entry of the package, and what the test host links in. */
export const plugin = definePlugin({
  config: Type.Object({ depth: Type.Integer({ default: 3 }) }),
  initialize: (context) => {
    const { config, logger } = context;
    const journal = context.resolve(Journal);
    const oracle = context.resolve(Oracle);
    const remembered = { words: ['nothing'] };

    const untilAborted = (options: CallOptions | undefined): Promise<never> =>
      new Promise((_, reject) => {
        const signal = options?.signal;
        const aborted = (): void => {
          void journal.note('aborted');
          reject(signal?.reason);
        };
        if (signal?.aborted) aborted();
        signal?.addEventListener('abort', aborted);
        void journal.note('hanging');
      });

    const workbench = implement(Workbench, {
      add: async ({ a, b }) => a + b,
      reverse: async ({ parts }) => ({ parts: parts.map(({ data }) => ({ data: data.toReversed() })) }),
      depth: async () => config.depth,
      remember: async ({ words }) => {
        remembered.words = words;
        return remembered;
      },
      recall: async () => remembered,
      fail: async ({ message }) => {
        throw new Error(message);
      },
      lie: async () => 'forty-two' as unknown as number, // the lie of this method
      hang: async (_, options) => untilAborted(options),
      repeat: async ({ text, times }) => text.repeat(times),
      async *count({ to }) {
        try {
          yield* upTo(to);
        } finally {
          await journal.note('count ended');
        }
      },
      async *countThenFail({ to }) {
        yield* upTo(to);
        throw new Error('no more');
      },
      async *countThenHang({ to }, options) {
        yield* upTo(to);
        await untilAborted(options);
      },
      async *countThenLie({ to }) {
        yield* upTo(to);
        yield 'many' as unknown as number; // the lie of this method
      },
      sum: async (numbers) => {
        let sum = 0;
        for await (const number of numbers) sum += number;
        return sum;
      },
      async *double(numbers) {
        for await (const number of numbers) yield number * 2;
      },
      ask: async ({ question }) => oracle.ask(question),
      async *askAll({ questions }) {
        yield* oracle.askAll(
          (async function* () {
            yield* questions;
          })(),
        );
      },
      askUndeclared: async () => {
        try {
          return await context.resolve(Vault).open(null);
        } catch (error) {
          return isPluginError(error) ? error.code : 'something else';
        }
      },
      log: async ({ message }) => {
        logger.info({ colour: 'blue' }, message);
        return null;
      },
    });
    return { provides: [workbench], stop: async () => void (await journal.note('stopped')) };
  },
});
