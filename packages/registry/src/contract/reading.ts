import assert from 'node:assert/strict';
import { isDate } from 'node:util/types';
import type { PluginQuery } from '@stellaops/plugin-abstractions/hosting';
import { assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { given, operator } from './given.ts';

const unordered = ['b.a', 'a.b.c', 'a-b.c', 'a.b', 'a0.b'];
const ordered = ['a-b.c', 'a.b', 'a.b.c', 'a0.b', 'b.a'];

/** What a catalogue promises to who reads it. */
export const reading: readonly ContractCase[] = [
  contractCase('knows no plugin that was not registered, whatever it is called', async (catalogue) => {
    for (const id of ['acme.scanner', 'constructor', '__proto__', '', `'; drop table plugins; --`])
      assertSame(await catalogue.find(id), undefined);
    assertSame(await catalogue.list(), []);
  }),

  contractCase('lists plugins by id in code-unit order, in whichever order they came', async (catalogue) => {
    for (const id of unordered) await catalogue.register(...given(id));
    assertSame(
      (await catalogue.list()).map(({ id }) => id),
      ordered,
    );
  }),

  contractCase('lists plugins page by page, each with all its versions', async (catalogue) => {
    for (const id of unordered)
      for (const version of ['1.0.0', '2.0.0']) await catalogue.register(...given(id, { version }));
    const seen: string[] = [];
    let page = await catalogue.list({ limit: 2 });
    while (page.length > 0) {
      assert(page.length <= 2);
      assert(page.every(({ versions }) => versions.length === 2));
      seen.push(...page.map(({ id }) => id));
      page = await catalogue.list({ limit: 2, after: seen.at(-1) ?? '' });
    }
    assertSame(seen, ordered);
    assertSame(await catalogue.list({ limit: 0 }), []);
  }),

  contractCase('lists the plugins for which all of a query holds', async (catalogue) => {
    await catalogue.register(...given('a.one', { trustLevel: 'trusted' }));
    await catalogue.register(...given('a.two', { trustLevel: 'trusted' }));
    await catalogue.register(...given('a.three'));
    await catalogue.recordStatus('a.two', 'active');
    await catalogue.recordStatus('a.three', 'active');
    await catalogue.disable('a.one', operator);
    await catalogue.quarantine('a.three', operator);
    const ids = async (query: PluginQuery) => (await catalogue.list(query)).map(({ id }) => id);
    assertSame(await ids({ trustLevel: 'trusted' }), ['a.one', 'a.two']);
    assertSame(await ids({ status: 'active' }), ['a.three', 'a.two']);
    assertSame(await ids({ status: 'active', trustLevel: 'trusted' }), ['a.two']);
    assertSame(await ids({ restriction: 'disabled' }), ['a.one']);
    assertSame(await ids({ restriction: 'quarantined' }), ['a.three']);
    assertSame(await ids({ restriction: 'quarantined', trustLevel: 'trusted' }), []);
  }),

  contractCase('finds plugins by what their version in force declares', async (catalogue) => {
    const CanScan = { capability: 'CanScan', version: 1 };
    const CanScan2 = { capability: 'CanScan', version: 2, parameters: ['npm'] };
    const Store = { capability: 'KeyValueStore', version: 1 };
    await catalogue.register(...given('a.old', { provides: [CanScan], requires: [Store] }));
    await catalogue.register(...given('a.both', { provides: [CanScan, CanScan2] }));
    await catalogue.register(...given('a.moved', { provides: [CanScan] }));
    await catalogue.register(...given('a.moved', { provides: [Store], version: '2.0.0' }));
    const ids = async (capability: NonNullable<PluginQuery['capability']>) =>
      (await catalogue.list({ capability })).map(({ id }) => id);
    assertSame(await ids({ id: 'CanScan' }), ['a.both', 'a.old']);
    assertSame(await ids({ id: 'CanScan', version: 2 }), ['a.both']);
    assertSame(await ids({ id: 'CanScan', version: 3 }), []);
    assertSame(await ids({ id: 'KeyValueStore' }), ['a.moved']);
    assertSame(await ids({ id: 'KeyValueStore', direction: 'requires' }), ['a.old']);
    await catalogue.pin('a.moved', '1.0.0', operator);
    assertSame(await ids({ id: 'CanScan' }), ['a.both', 'a.moved', 'a.old']);
    assertSame(await ids({ id: 'KeyValueStore' }), []);
  }),

  contractCase('gives copies: whoever changes what it took or gave changes nothing', async (catalogue) => {
    const [registration, event] = given('acme.scanner');
    const config = { depth: 3 };
    const results: unknown[] = [await catalogue.register(registration, event)];
    await catalogue.configure('acme.scanner', config, operator);
    results.push(await catalogue.register(registration, event));
    const read = async () => [await catalogue.list(), await catalogue.auditTrail()];
    const before = structuredClone(await read());
    results.push(await catalogue.find('acme.scanner'), registration, event, config);
    for (const value of [...results, ...(await read())]) spoil(value);
    assertSame(await read(), before);
  }),
];

/** Changes everything in a value that can be changed. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (isDate(value)) value.setTime(0);
  for (const part of Object.values(value)) spoil(part);
  if (Array.isArray(value)) value.length = 0;
  else for (const key of Object.keys(value)) Reflect.set(value, key, 'spoiled');
}
