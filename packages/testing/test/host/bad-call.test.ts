import { describe, expect, it } from '@jest/globals';
import { defineCapability, implement, Type } from '@stellaops/plugin-sdk';
import { fakePlugin, startTestHost, trustLevels } from '../../src/index.ts';

const Sum = defineCapability({
  id: 'Sum',
  version: 1,
  methods: {
    add: { request: Type.Array(Type.Number()), response: Type.Number() },
    count: { request: Type.Integer(), responseStream: Type.Integer() },
  },
});
const adder = implement(Sum, {
  add: (numbers) => Promise.resolve(numbers.reduce((sum, number) => sum + number, 0)),
  async *count(to) {
    for (let number = 1; number <= to; number++) yield number;
  },
});

describe.each(trustLevels)('a call to a plugin, %s', (trustLevel) => {
  it.each([
    ['a wrong type', 'many', 'must be number'],
    ['nothing', undefined, 'must be number'],
    ['a bigint, which JSON cannot say', 7n, ''],
    ['a number that is none', NaN, 'must be number'],
  ])(
    'is refused when the answer is %s: who, what and the way out; and all plugins stay active',
    async (_, answer, problem) => {
      const liar = implement(Sum, { ...adder.api, add: () => Promise.resolve(answer as number) });
      const plugins = [fakePlugin({ id: 'test.liar', provides: [liar] }), fakePlugin({ id: 'test.other' })];
      await using host = await startTestHost({ trustLevel, plugins });
      await expect(host.resolve(Sum).add([1, 2])).rejects.toMatchObject({
        code: 'RESPONSE_INVALID',
        details: {
          pluginId: 'test.liar',
          capability: 'Sum v1',
          method: 'add',
          problem: expect.stringContaining(problem),
        },
        message: expect.stringMatching(
          /^The answer of test\.liar to Sum v1\.add breaks the contract: .* The plugin must be corrected\.$/s,
        ),
      });
      expect(host.isActive('test.liar')).toBe(true);
      expect(host.isActive('test.other')).toBe(true);
      expect(await Array.fromAsync(host.resolve(Sum).count(2))).toEqual([1, 2]);
    },
  );

  it.each([
    ['a wrong type', 'two', 'must be array'],
    ['a wrong item', [1, 'two'], '/1 must be number'],
    ['nothing', undefined, 'must be array'],
    ['a number that is none', [1, NaN], '/1 must be number'],
  ])('is refused when the request is %s, and the plugin does not see it', async (_, request, problem) => {
    const asked: unknown[] = [];
    const spy = implement(Sum, { ...adder.api, add: (numbers) => Promise.resolve(asked.push(numbers)) });
    await using host = await startTestHost({
      trustLevel,
      plugins: [fakePlugin({ id: 'test.adder', provides: [spy] })],
    });
    await expect(host.resolve(Sum).add(request as number[])).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      details: {
        pluginId: 'test.adder',
        capability: 'Sum v1',
        method: 'add',
        problem: expect.stringContaining(problem),
      },
      message: expect.stringMatching(
        /^The request to Sum v1\.add of test\.adder breaks the contract: .* Correct the call\.$/s,
      ),
    });
    expect(asked).toEqual([]);
    expect(host.isActive('test.adder')).toBe(true);
  });

  it('fails when the plugin answers one where the contract says many', async () => {
    const single = implement(Sum, { ...adder.api, count: (() => 7) as never });
    await using host = await startTestHost({ trustLevel, plugins: [fakePlugin({ provides: [single] })] });
    await expect(Array.fromAsync(host.resolve(Sum).count(2))).rejects.toMatchObject({ code: 'CALL_FAILED' });
    expect(host.isActive('test.fake')).toBe(true);
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['a fit', 'a fit'],
    [{ code: 'CALL_TIMED_OUT' }, '[object Object]'],
  ])('fails when the plugin throws %p, which is no error', async (thrown, problem) => {
    const thrower = implement(Sum, { ...adder.api, add: () => Promise.reject(thrown) });
    await using host = await startTestHost({ trustLevel, plugins: [fakePlugin({ provides: [thrower] })] });
    await expect(host.resolve(Sum).add([])).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: { problem },
    });
    expect(host.isActive('test.fake')).toBe(true);
  });

  it('fails when the plugin throws at once instead of giving a promise', async () => {
    const thrower = implement(Sum, {
      ...adder.api,
      add: () => {
        throw new Error('no');
      },
    });
    await using host = await startTestHost({ trustLevel, plugins: [fakePlugin({ provides: [thrower] })] });
    await expect(host.resolve(Sum).add([])).rejects.toMatchObject({
      code: 'CALL_FAILED',
      details: { problem: 'no' },
    });
  });

  it('gives an object that cannot be changed, with the methods of the contract and nothing else', async () => {
    const api = { ...adder.api, secret: () => 'hidden' };
    await using host = await startTestHost({
      trustLevel,
      plugins: [fakePlugin({ provides: [implement(Sum, api)] })],
    });
    const handle = host.resolve(Sum);
    expect(Object.keys(handle)).toEqual(['add', 'count']);
    expect(Object.isFrozen(handle)).toBe(true);
  });
});
