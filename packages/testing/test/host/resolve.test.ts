import { describe, expect, it } from '@jest/globals';
import { defineCapability, implement, Type } from '@stellaops/plugin-sdk';
import { fakePlugin } from '../../src/index.ts';
import { startHost } from './start-host.ts';

const Echo = defineCapability({
  id: 'Echo',
  version: 1,
  methods: { say: { request: Type.String(), response: Type.String() } },
});
const Echo2 = defineCapability({ ...Echo, version: 2 });
const Store = defineCapability({
  ...Echo,
  id: 'Store',
  parameters: Type.Object({ buckets: Type.Array(Type.String()) }),
});
const api = { say: (words: string) => Promise.resolve(words) };

describe('resolving a capability', () => {
  it('gives the very object that a built-in plugin provides', async () => {
    const echo = fakePlugin({ id: 'test.echo', provides: [implement(Echo, api)] });
    await using host = await startHost({ builtIn: [echo] });
    expect(host.resolve(Echo)).toBe(api);
    expect(host.resolve(Echo, { pluginId: 'test.echo' })).toBe(api);
    expect(host.resolveAll(Echo)[0]?.api).toBe(api);
  });

  it('gives the very object of a class instance too, whose methods are inherited', async () => {
    class Parrot {
      readonly #prefix = 'polly: ';
      say(words: string): Promise<string> {
        return Promise.resolve(this.#prefix + words);
      }
    }
    const parrot = new Parrot();
    await using host = await startHost({ builtIn: [fakePlugin({ provides: [implement(Echo, parrot)] })] });
    expect(host.resolve(Echo)).toBe(parrot);
    expect(await host.resolve(Echo).say('hi')).toBe('polly: hi');
  });

  it('is refused when no plugin declares it, with the way out', async () => {
    await using host = await startHost({ builtIn: [fakePlugin({ id: 'test.other' })] });
    expect(() => host.resolve(Echo)).toThrow(
      expect.objectContaining({
        code: 'CAPABILITY_NOT_PROVIDED',
        message:
          'No active plugin provides Echo v1: none declares it. Install or mend a plugin that declares it under "provides".',
      }),
    );
    expect(host.resolveAll(Echo)).toEqual([]);
    expect(host.isActive('test.other')).toBe(true);
  });

  it('is refused when it is there in another version', async () => {
    await using host = await startHost({ builtIn: [fakePlugin({ provides: [implement(Echo, api)] })] });
    expect(() => host.resolve(Echo2)).toThrow('No active plugin provides Echo v2: none declares it.');
    expect(host.resolve(Echo)).toBe(api);
  });

  it('says of the plugins that declare it why they cannot serve', async () => {
    const broken = fakePlugin({
      id: 'test.broken',
      provides: [implement(Echo, api)],
      fails: { start: new Error('no') },
    });
    await using host = await startHost({ builtIn: [broken, fakePlugin({ id: 'test.other' })] });
    expect(() => host.resolve(Echo)).toThrow(
      'No active plugin provides Echo v1: test.broken is in failed (LIFECYCLE_FAILED).',
    );
    expect(host.isActive('test.other')).toBe(true);
  });

  it('is refused when several provide it, and names them; resolveAll gives them in the order of admission', async () => {
    const other = { say: api.say };
    const builtIn = [
      fakePlugin({ id: 'test.second', provides: [implement(Echo, api)] }),
      fakePlugin({ id: 'test.first', provides: [implement(Echo, other)] }),
    ];
    await using host = await startHost({ builtIn });
    expect(() => host.resolve(Echo)).toThrow(
      expect.objectContaining({
        code: 'CAPABILITY_AMBIGUOUS',
        message:
          'Several active plugins provide Echo v1: test.second, test.first. Name one by `pluginId`, or use resolveAll().',
      }),
    );
    expect(host.resolve(Echo, { pluginId: 'test.first' })).toBe(other);
    expect(host.resolveAll(Echo).map(({ plugin }) => plugin)).toEqual([
      { id: 'test.second', name: 'Test plugin', version: '1.0.0', trustLevel: 'builtIn' },
      { id: 'test.first', name: 'Test plugin', version: '1.0.0', trustLevel: 'builtIn' },
    ]);
  });

  it.each([
    ['is not there', 'test.ghost', 'there is no plugin test.ghost'],
    ['does not declare it', 'test.other', 'test.other does not declare it'],
    ['is not active', 'test.broken', 'test.broken is in failed (LIFECYCLE_FAILED)'],
  ])('from a plugin that %s is refused', async (_, pluginId, problem) => {
    const provides = [implement(Echo, api)];
    const builtIn = [
      fakePlugin({ id: 'test.echo', provides }),
      fakePlugin({ id: 'test.other' }),
      fakePlugin({ id: 'test.broken', provides, fails: { initialize: 'no' } }),
    ];
    await using host = await startHost({ builtIn });
    expect(() => host.resolve(Echo, { pluginId })).toThrow(
      expect.objectContaining({
        code: 'CAPABILITY_NOT_PROVIDED',
        details: { capability: 'Echo v1', problem },
      }),
    );
    expect(host.resolve(Echo)).toBe(api);
  });

  it('tells the parameters that the manifest says beside the capability', async () => {
    const provides = [{ capability: 'Store', version: 1, parameters: { buckets: ['a'] } }];
    const store = fakePlugin({ provides: [implement(Store, api)], manifest: { provides } });
    await using host = await startHost({ builtIn: [store] });
    expect(host.resolveAll(Store)).toMatchObject([{ parameters: { buckets: ['a'] } }]);
  });

  it('takes no plugin whose parameters break the contract of the caller', async () => {
    const StoreWithTtl = defineCapability({ ...Store, parameters: Type.Object({ ttl: Type.Integer() }) });
    const provides = [{ capability: 'Store', version: 1, parameters: { buckets: ['a'] } }];
    const store = fakePlugin({ id: 'test.store', provides: [implement(Store, api)], manifest: { provides } });
    await using host = await startHost({ builtIn: [store] });
    expect(() => host.resolve(StoreWithTtl)).toThrow(
      'the parameters that test.store declares are wrong: lacks the field "ttl"',
    );
    expect(host.resolveAll(StoreWithTtl)).toEqual([]);
  });
});
