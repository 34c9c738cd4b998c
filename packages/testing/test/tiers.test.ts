import { describe, expect, it } from '@jest/globals';
import { defineCapability, definePlugin, implement, isPluginError, Type } from '@stellaops/plugin-sdk';
import { startTestHost, testManifest, trustLevels } from '../src/index.ts';

const Calculator = defineCapability({
  id: 'Calculator',
  version: 1,
  methods: {
    add: { request: Type.Object({ a: Type.Number(), b: Type.Number() }), response: Type.Number() },
    count: { request: Type.Object({ to: Type.Integer() }), responseStream: Type.Integer() },
    sum: { requestStream: Type.Number(), response: Type.Number() },
    fail: { request: Type.Object({}), response: Type.Number() },
  },
});

const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Calculator, {
        add: async ({ a, b }) => a + b,
        async *count({ to }) {
          for (let n = 1; n <= to; n++) yield n;
        },
        sum: async (numbers) => {
          let sum = 0;
          for await (const n of numbers) sum += n;
          return sum;
        },
        fail: async () => {
          throw new Error('no');
        },
      }),
    ],
  }),
});

describe.each(trustLevels)('a plugin, %s', (trustLevel) => {
  it('answers', async () => {
    await using host = await startTestHost({ plugins: [{ manifest: testManifest({ provides: [Calculator] }), plugin }], trustLevel });
    const api = host.resolve(Calculator);
    expect(await api.add({ a: 1, b: 2 })).toBe(3);
    expect(await Array.fromAsync(api.count({ to: 40 }))).toHaveLength(40);
    expect(await api.sum((async function* () { yield 1; yield 2; yield 3.5; })())).toBe(6.5);
    const error: unknown = await api.fail({}).catch((e: unknown) => e);
    expect(isPluginError(error, 'CALL_FAILED') && error.details.problem).toBe('no');
    expect((error as Error).cause).toMatchObject({ message: 'no' });
  });
});
