import assert from 'node:assert/strict';
import { withheldBecause } from '@stellaops/plugin-abstractions/hosting';
import { assertRefused, assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { given, operator } from './given.ts';

const id = 'acme.scanner';

/** What a catalogue promises to operators. */
export const deciding: readonly ContractCase[] = [
  contractCase('says that a plugin is disabled, by whom and why, until it is enabled', async (catalogue) => {
    await catalogue.register(...given(id));
    const earliest = new Date();
    await catalogue.disable(id, { ...operator, reason: 'not needed' });
    const entry = await catalogue.find(id);
    const since = entry?.restriction?.since;
    assert(entry && since && since >= earliest);
    assertSame(entry.restriction, { kind: 'disabled', since, actor: 'user:ada', reason: 'not needed' });
    assert.equal(
      withheldBecause(entry, '1.0.0'),
      `it was disabled by user:ada at ${since.toISOString()}: not needed`,
    );
    assertSame(await catalogue.register(...given(id)), entry);
    await catalogue.enable(id, operator);
    const enabled = await catalogue.find(id);
    assert(enabled && !('restriction' in enabled));
    assert.equal(withheldBecause(enabled, '1.0.0'), undefined);
  }),

  contractCase('says that a plugin is quarantined, whatever was said before', async (catalogue) => {
    await catalogue.register(...given(id));
    await catalogue.disable(id, { ...operator, reason: 'not needed' });
    await catalogue.quarantine(id, operator);
    const restriction = (await catalogue.find(id))?.restriction;
    assertSame(restriction, { kind: 'quarantined', since: restriction?.since, actor: 'user:ada' });
  }),

  contractCase('pins a version that it has, and no other', async (catalogue) => {
    for (const version of ['1.0.0', '2.0.0']) await catalogue.register(...given(id, { version }));
    await assertRefused(catalogue.pin(id, '3.0.0', operator), 'REGISTRY_CONFLICT', {
      pluginId: id,
      version: '3.0.0',
    });
    await catalogue.pin(id, '1.0.0', operator);
    const entry = await catalogue.find(id);
    assert(entry);
    assert.equal(entry.pinnedVersion, '1.0.0');
    assert.equal(withheldBecause(entry, '2.0.0'), 'it is pinned to version 1.0.0');
    assert.equal(withheldBecause(entry, '1.0.0'), undefined);
    await catalogue.unpin(id, operator);
    const unpinned = await catalogue.find(id);
    assert(unpinned && !('pinnedVersion' in unpinned));
  }),

  contractCase('rolls back by one version at a time, until there is none before', async (catalogue) => {
    for (const version of ['2.0.0', '10.0.0', '3.0.0']) await catalogue.register(...given(id, { version }));
    assert.equal(await catalogue.rollBack(id, operator), '10.0.0');
    assert.equal((await catalogue.find(id))?.pinnedVersion, '10.0.0');
    assert.equal(await catalogue.rollBack(id, operator), '2.0.0');
    await assertRefused(catalogue.rollBack(id, operator), 'REGISTRY_CONFLICT', {
      pluginId: id,
      version: '2.0.0',
    });
    assert.equal((await catalogue.find(id))?.pinnedVersion, '2.0.0');
  }),

  contractCase('removes a plugin that is disabled, and keeps its audit trail', async (catalogue) => {
    await catalogue.register(...given('acme.other'));
    for (const version of ['1.0.0', '2.0.0']) await catalogue.register(...given(id, { version }));
    await catalogue.pin(id, '1.0.0', operator);
    await assertRefused(catalogue.remove(id, operator), 'REGISTRY_CONFLICT', { pluginId: id });
    await catalogue.disable(id, operator);
    await catalogue.remove(id, operator);
    assertSame(await catalogue.find(id), undefined);
    assertSame(
      (await catalogue.list()).map((plugin) => plugin.id),
      ['acme.other'],
    );
    assertSame(
      (await catalogue.auditTrail({ pluginId: id })).map(({ event }) => event),
      ['plugin.registered', 'plugin.registered', 'plugin.pinned', 'plugin.disabled', 'plugin.removed'],
    );
    const again = await catalogue.register(...given(id, { content: 'another' }));
    assertSame([again.versions.length, again.restriction], [1, undefined]);
  }),

  contractCase('tells who decided what, with the version and the reason', async (catalogue) => {
    for (const version of ['1.0.0', '2.0.0']) await catalogue.register(...given(id, { version }));
    await catalogue.pin(id, '2.0.0', { ...operator, reason: 'fixes \0 a bug' });
    await catalogue.rollBack(id, operator);
    await catalogue.unpin(id, operator);
    await catalogue.quarantine(id, { ...operator, reason: 'it \0 phones home' });
    await catalogue.enable(id, operator);
    const trail = await catalogue.auditTrail({ actor: 'user:ada' });
    assertSame(
      trail.map(({ event, hostId, version, detail }) => [event, hostId, version, detail]),
      [
        ['plugin.pinned', 'console-1', '2.0.0', 'fixes \uFFFD a bug'],
        ['plugin.rolledBack', 'console-1', '1.0.0', undefined],
        ['plugin.unpinned', 'console-1', undefined, undefined],
        ['plugin.quarantined', 'console-1', undefined, 'it \uFFFD phones home'],
        ['plugin.enabled', 'console-1', undefined, undefined],
      ],
    );
  }),
];
