import type { CatalogueNotice, PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { assertRefused, assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { given, operator } from './given.ts';

const id = 'acme.scanner';

/** What a catalogue promises to who watches it. */
export const watching: readonly ContractCase[] = [
  contractCase('tells of every change from now on, after a word to look at all', async (catalogue) => {
    await catalogue.register(...given('acme.earlier'));
    await using watch = await watched(catalogue);
    await catalogue.register(...given(id));
    await catalogue.register(...given(id));
    await catalogue.configure(id, { depth: 3 }, operator);
    await catalogue.pin(id, '1.0.0', operator);
    await catalogue.unpin(id, operator);
    await catalogue.disable(id, operator);
    await catalogue.enable(id, operator);
    await catalogue.quarantine(id, operator);
    await catalogue.recordStatus(id, 'shutdown');
    await catalogue.remove(id, operator);
    const events = [
      'registered',
      'configured',
      'pinned',
      'unpinned',
      'disabled',
      'enabled',
      'quarantined',
      'removed',
    ];
    for (const event of events)
      assertSame(await watch.next(), { kind: 'changed', pluginId: id, event: `plugin.${event}` });
  }),

  contractCase('tells of no change that is refused', async (catalogue) => {
    await catalogue.register(...given(id));
    await using watch = await watched(catalogue);
    await assertRefused(catalogue.disable('acme.ghost', operator), 'REGISTRY_CONFLICT', {});
    await assertRefused(catalogue.pin(id, '9.9.9', operator), 'REGISTRY_CONFLICT', {});
    await catalogue.quarantine(id, operator);
    assertSame(await watch.next(), { kind: 'changed', pluginId: id, event: 'plugin.quarantined' });
  }),

  contractCase('tells everybody who watches', async (catalogue) => {
    await catalogue.register(...given(id));
    await using one = await watched(catalogue);
    await using other = await watched(catalogue);
    await catalogue.quarantine(id, operator);
    for (const watch of [one, other])
      assertSame(await watch.next(), { kind: 'changed', pluginId: id, event: 'plugin.quarantined' });
  }),

  contractCase(
    'ends a watch when whoever watches gives it up, also while nothing happens',
    async (catalogue) => {
      await using watch = await watched(catalogue);
      const next = watch.next();
      watch.end();
      assertSame(await next, undefined);
      await using early = await watched(catalogue);
      early.end();
      assertSame(await early.next(), undefined);
    },
  ),

  {
    name: 'ends every watch when it is closed itself',
    run: async (open) => {
      const catalogue = await open();
      await using watch = await watched(catalogue);
      const next = watch.next();
      await catalogue[Symbol.asyncDispose]();
      assertSame(await next, undefined);
    },
  },
];

/** A watch that has begun. */
async function watched(catalogue: PluginCatalogue) {
  const over = new AbortController();
  const notices = iterate(catalogue.watch(over.signal));
  const next = async (): Promise<CatalogueNotice | undefined> => {
    const { done, value } = await notices.next();
    return done === true ? undefined : value;
  };
  assertSame(await next(), { kind: 'resync' });
  return {
    next,
    end: () => over.abort(),
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await notices.return(undefined);
    },
  };
}

async function* iterate(notices: AsyncIterable<CatalogueNotice>): AsyncGenerator<CatalogueNotice> {
  yield* notices;
}
