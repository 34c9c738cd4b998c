import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CapabilityApi, PluginInfo } from '@stellaops/plugin-abstractions';
import type { KeyValueStore, StoredValue } from '@stellaops/plugin-abstractions/services';
import { openKeyValueStore, type OpenKeyValueStore } from '../../src/services.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stella-test-store-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** What one plugin gets of a store. */
function entriesOf(store: OpenKeyValueStore, id = 'test.one'): CapabilityApi<typeof KeyValueStore.methods> {
  const plugin: PluginInfo = { id, name: id, version: '1.0.0', trustLevel: 'untrusted' };
  return store.create({ plugin, signal: new AbortController().signal, audit: () => Promise.resolve() });
}

const places: readonly [string, () => { directory?: string }][] = [
  ['in memory', () => ({})],
  ['in a folder', () => ({ directory })],
];

describe.each(places)('a key-value store %s', (_, place) => {
  it.each<[string, StoredValue]>([
    ['an object', { depth: 3, words: ['a', null], nested: { yes: true } }],
    ['a text', 'naïve – 😀'],
    ['null', null],
    ['zero', 0],
    ['binary data', Uint8Array.of(0, 255, 128)],
    ['no binary data', new Uint8Array()],
  ])('gives back %s as it was stored', async (__, value) => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    expect(await entries.set({ key: 'a', value })).toEqual({ isStored: true, revision: 1 });
    expect(await entries.get({ key: 'a' })).toEqual({ key: 'a', revision: 1, value });
  });

  it('has nothing under a key that was never set, or was deleted', async () => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    expect(await entries.get({ key: 'a' })).toBeUndefined();
    expect(await entries.delete({ key: 'a' })).toEqual({ isDeleted: false, revision: 0 });
    await entries.set({ key: 'a', value: 1 });
    expect(await entries.delete({ key: 'a' })).toEqual({ isDeleted: true, revision: 0 });
    expect(await entries.get({ key: 'a' })).toBeUndefined();
  });

  it('changes an entry only while it has the expected revision', async () => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    expect(await entries.set({ key: 'a', value: 1, expectedRevision: 0 })).toEqual({
      isStored: true,
      revision: 1,
    });
    expect(await entries.set({ key: 'a', value: 2, expectedRevision: 0 })).toEqual({
      isStored: false,
      revision: 1,
    });
    expect(await entries.set({ key: 'a', value: 2, expectedRevision: 1 })).toEqual({
      isStored: true,
      revision: 2,
    });
    expect(await entries.delete({ key: 'a', expectedRevision: 1 })).toEqual({
      isDeleted: false,
      revision: 2,
    });
    expect((await entries.get({ key: 'a' }))?.value).toBe(2);
  });

  it('gives no revision twice, though the entry was deleted in between', async () => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    const first = await entries.set({ key: 'a', value: 1 });
    await entries.delete({ key: 'a' });
    await entries.set({ key: 'a', value: 1 });
    expect(await entries.set({ key: 'a', value: 2, expectedRevision: first.revision })).toMatchObject({
      isStored: false,
    });
  });

  it('lets one of many win who change an entry at once', async () => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (__, value) => entries.set({ key: 'a', value, expectedRevision: 0 })),
    );
    expect(answers.filter(({ isStored }) => isStored)).toHaveLength(1);
  });

  it('lists entries in the order of their keys, by prefix and from a key on', async () => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    const keys = [
      'b/~',
      'b/',
      'a',
      'b',
      'b/2',
      'b/10',
      'B',
      'b0',
      ...Array.from({ length: 100 }, (__, n) => `c${100 + n}`),
    ];
    for (const key of keys) await entries.set({ key, value: key });
    const listed = async (request: { prefix?: string; after?: string }) =>
      (await Array.fromAsync(entries.list(request))).map(({ key }) => key);
    expect(await listed({})).toEqual(keys.toSorted());
    expect(await listed({ prefix: 'b/' })).toEqual(['b/', 'b/10', 'b/2', 'b/~']);
    expect(await listed({ prefix: 'b/', after: 'b/10' })).toEqual(['b/2', 'b/~']);
    expect(await listed({ after: 'c197' })).toEqual(['c198', 'c199']);
    expect(await listed({ prefix: '%' })).toEqual([]);
  });

  it('shows to each plugin its own entries alone', async () => {
    using store = await openKeyValueStore(place());
    const [one, other] = [entriesOf(store, 'test.one'), entriesOf(store, 'test.other')];
    await one.set({ key: 'a', value: 'mine' });
    expect(await other.get({ key: 'a' })).toBeUndefined();
    expect(await Array.fromAsync(other.list({}))).toEqual([]);
    expect(await other.delete({ key: 'a' })).toMatchObject({ isDeleted: false });
    await other.set({ key: 'a', value: 'theirs' });
    expect((await one.get({ key: 'a' }))?.value).toBe('mine');
  });

  it('refuses binary data inside of JSON, and what is no JSON', async () => {
    using store = await openKeyValueStore(place());
    const entries = entriesOf(store);
    for (const value of [{ data: Buffer.from('x') }, [Uint8Array.of(1)], undefined, () => 1, 1n])
      await expect(entries.set({ key: 'a', value: value as never })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      }); // what a caller without types could send
    expect(await entries.get({ key: 'a' })).toBeUndefined();
  });

  it('holds each plugin to its limits, and names the option', async () => {
    const limits = { maxEntries: 2, valueLimitBytes: 10, totalLimitBytes: 18 };
    using store = await openKeyValueStore({ ...place(), limits });
    const [one, other] = [entriesOf(store, 'test.one'), entriesOf(store, 'test.other')];
    const refusal = (option: string) => ({
      code: 'QUOTA_EXCEEDED',
      details: { pluginId: 'test.one', option },
    });
    await expect(one.set({ key: 'a', value: 'twelve bytes' })).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      details: { sizeBytes: 14, limitBytes: 10, option: 'limits.valueLimitBytes' },
    });
    await one.set({ key: 'a', value: new Uint8Array(9) });
    await expect(one.set({ key: 'b', value: new Uint8Array(8) })).rejects.toMatchObject(
      refusal('limits.totalLimitBytes'),
    );
    await one.set({ key: 'b', value: new Uint8Array(7) });
    await expect(one.set({ key: 'c', value: 1 })).rejects.toMatchObject(refusal('limits.maxEntries'));
    await one.set({ key: 'a', value: 1 });
    await one.delete({ key: 'b' });
    await one.set({ key: 'c', value: new Uint8Array(10) });
    await other.set({ key: 'a', value: new Uint8Array(10) });
  });
});

describe('a key-value store in a folder', () => {
  it('has its entries when it is opened again, and counts on', async () => {
    {
      using store = await openKeyValueStore({ directory });
      await entriesOf(store).set({ key: 'a', value: { depth: 3 } });
    }
    using store = await openKeyValueStore({ directory, limits: { maxEntries: 1 } });
    const entries = entriesOf(store);
    expect(await entries.get({ key: 'a' })).toEqual({ key: 'a', revision: 1, value: { depth: 3 } });
    await expect(entries.set({ key: 'b', value: 1 })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(await entries.set({ key: 'a', value: 4 })).toEqual({ isStored: true, revision: 2 });
  });

  it('lets a plugin use less where the limits are lower than what it has', async () => {
    {
      using store = await openKeyValueStore({ directory });
      await entriesOf(store).set({ key: 'a', value: new Uint8Array(100) });
    }
    using store = await openKeyValueStore({ directory, limits: { totalLimitBytes: 10 } });
    const entries = entriesOf(store);
    expect(await entries.set({ key: 'a', value: new Uint8Array(50) })).toMatchObject({ isStored: true });
    await expect(entries.set({ key: 'a', value: new Uint8Array(60) })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
  });

  it('names its files for nothing that a plugin chose, and lets nobody else read them', async () => {
    using store = await openKeyValueStore({ directory: join(directory, 'new') });
    await entriesOf(store, '../../etc').set({ key: '../../passwd', value: 1 });
    expect((await readdir(join(directory, 'new'))).toSorted()).toEqual([
      'key-values.sqlite',
      'key-values.sqlite-wal',
    ]);
    for (const file of await readdir(join(directory, 'new')))
      expect((await stat(join(directory, 'new', file))).mode & 0o077).toBe(0);
  });

  it('is refused while it is open already', async () => {
    using _ = await openKeyValueStore({ directory });
    await expect(openKeyValueStore({ directory })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { directory, problem: 'it is open already, here or in another process' },
    });
  });

  it('is refused where its file is none of its own', async () => {
    await writeFile(
      join(directory, 'key-values.sqlite'),
      'a text that somebody keeps here, which is no database',
    );
    await expect(openKeyValueStore({ directory })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { problem: 'file is not a database' },
    });
  });

  it('takes no limit that is none', async () => {
    await expect(openKeyValueStore({ limits: { maxEntries: 0 } })).rejects.toThrow(
      'limits.maxEntries must be a positive number, not 0',
    );
  });
});
