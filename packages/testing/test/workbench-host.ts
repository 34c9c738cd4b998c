import {
  implement,
  isPluginError,
  type Implementation,
  type Logger,
  type PluginErrorCode,
} from '@stellaops/plugin-abstractions';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { HostTimeouts, PluginHost } from '@stellaops/plugin-host';
import { keepJournal } from './plugins/journal-keeper.ts';
import { Oracle, Workbench } from './plugins/workbench.ts';

/** What a test needs of the host in which the workbench runs. */
export interface TierOptions {
  readonly services: readonly Implementation[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly timeouts?: Partial<HostTimeouts>;
  readonly messages?: Partial<MessageLimits>;
  readonly logger?: Logger;
}

/** The id of the plugin that has the workbench. */
export const workbenchId = 'test.workbench';

/** Starts a host in which the workbench runs as some tier. */
export type StartTier = (options: TierOptions) => Promise<PluginHost>;

/** A host for one test, with its journal and the workbench to call. */
export async function open(start: StartTier, options: Partial<TierOptions> = {}) {
  const journal = keepJournal();
  const oracle = implement(Oracle, {
    ask: async (question) => `${question}? 42`,
    async *askAll(questions) {
      for await (const question of questions) yield `${question}? 42`;
    },
  });
  const host = await start({ services: [journal.service, oracle], ...options });
  return { host, journal, api: host.resolve(Workbench), [Symbol.asyncDispose]: () => host.stop() };
}

/** The error of this code with which a call failed; throws what else happened. */
export async function failure<Code extends PluginErrorCode>(call: Promise<unknown>, code: Code) {
  const error: unknown = await call.then(
    (value) => new Error(`it answered ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!isPluginError(error, code)) throw error;
  return error;
}

/** Reads a stream to its end, into an array that is there when it breaks off. */
export async function collect<Item>(items: AsyncIterable<Item>, into: Item[]): Promise<void> {
  for await (const item of items) into.push(item);
}

/** A stream of these numbers. */
export async function* numbers(...given: readonly number[]): AsyncGenerator<number> {
  yield* given;
}
