import { definePlugin, implement, isPluginError, type Capability } from '@stellaops/plugin-sdk';
import { Clock, KeyValueStore, Secrets } from '@stellaops/plugin-sdk/services';
import { Visitor } from './visitor.ts';
import { Workbench } from './workbench.ts';

type AnyMethod = (input: unknown, options: object) => unknown;

const contracts: readonly Capability[] = [Clock, KeyValueStore, Secrets, Workbench];

function contractOf(capability: string): Capability {
  const found = contracts.find(({ id }) => id === capability);
  if (!found) throw new TypeError(`the visitor does not know ${capability}`);
  return found;
}

async function* streamOf(items: unknown): AsyncGenerator {
  yield* items as readonly unknown[]; // what the tests pass where a request streams
}

/** The entry of the package, and what the test host links in. */
export const plugin = definePlugin({
  initialize: ({ resolve }) => ({
    provides: [
      implement(Visitor, {
        visit: async ({ capability, method, input, timeoutMs }, { signal } = {}) => {
          try {
            const contract = contractOf(capability);
            const call = resolve(contract)[method as never] as AnyMethod; // the tests name what there is
            const options = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
            const isStreamed = contract.methods[method]?.requestStream !== undefined;
            const answer = call(isStreamed ? streamOf(input) : input, options);
            const isStream = contract.methods[method]?.responseStream !== undefined;
            return {
              answer: isStream ? await Array.fromAsync(answer as AsyncIterable<unknown>) : await answer,
            }; // the contract says so
          } catch (error) {
            return isPluginError(error)
              ? { code: error.code, message: error.message }
              : { message: String(error) };
          }
        },
      }),
    ],
  }),
});
