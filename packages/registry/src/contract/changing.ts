import assert from 'node:assert/strict';
import type { PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { assertRefused, assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { eventOf, given, operator } from './given.ts';

const id = 'acme.scanner';
const configSchema = {
  type: 'object',
  properties: { depth: { type: 'integer', minimum: 1 }, mode: { type: 'string', default: 'fast' } },
  required: ['depth', 'mode'],
  additionalProperties: false,
};

const onUnknown: readonly [string, (catalogue: PluginCatalogue) => Promise<unknown>][] = [
  [
    'a status',
    (each) => each.recordStatus('acme.ghost', 'active', eventOf('plugin.activated', 'acme.ghost')),
  ],
  ['a configuration', (each) => each.configure('acme.ghost', {}, operator)],
  ['to disable', (each) => each.disable('acme.ghost', operator)],
  ['to quarantine', (each) => each.quarantine('acme.ghost', operator)],
  ['to enable', (each) => each.enable('acme.ghost', operator)],
  ['to pin', (each) => each.pin('acme.ghost', '1.0.0', operator)],
  ['to unpin', (each) => each.unpin('acme.ghost', operator)],
  ['to roll back', (each) => each.rollBack('acme.ghost', operator)],
  ['to remove', (each) => each.remove('acme.ghost', operator)],
];

/** What a catalogue promises to who changes a plugin. */
export const changing: readonly ContractCase[] = [
  contractCase('records a status together with the event that tells of it', async (catalogue) => {
    await catalogue.register(...given(id));
    const event = eventOf('plugin.activated', id);
    await catalogue.recordStatus(id, 'active', event);
    assert.equal((await catalogue.find(id))?.status, 'active');
    const last = (await catalogue.auditTrail()).at(-1);
    assertSame(last, { ...event, position: last?.position });
  }),

  contractCase('records a status of which no event tells', async (catalogue) => {
    await catalogue.register(...given(id));
    await catalogue.recordStatus(id, 'initialization');
    assert.equal((await catalogue.find(id))?.status, 'initialization');
    assert.equal((await catalogue.auditTrail()).length, 1);
  }),

  ...onUnknown.map(([what, change]) =>
    contractCase(
      `refuses ${what}, of a plugin that was never registered, and writes nothing`,
      async (catalogue) => {
        await assertRefused(change(catalogue), 'REGISTRY_CONFLICT', { pluginId: 'acme.ghost' });
        assertSame(await catalogue.list(), []);
        assertSame(await catalogue.auditTrail(), []);
      },
    ),
  ),

  contractCase(
    'gives a configuration to whoever registers or finds the plugin next, and tells who set it',
    async (catalogue) => {
      assertSame((await catalogue.register(...given(id))).config, undefined);
      await catalogue.configure(id, { depth: 3, only: ['npm'] }, { ...operator, reason: 'ticket 7' });
      assertSame((await catalogue.find(id))?.config, { depth: 3, only: ['npm'] });
      await catalogue.configure(id, { depth: 4, note: '\0\uD800' }, operator);
      assertSame((await catalogue.register(...given(id))).config, { depth: 4, note: '\0\uD800' });
      const trail = await catalogue.auditTrail({ event: 'plugin.configured' });
      assertSame(
        trail.map(({ actor, hostId, pluginId, detail }) => [actor, hostId, pluginId, detail]),
        [
          ['user:ada', 'console-1', id, 'ticket 7'],
          ['user:ada', 'console-1', id, undefined],
        ],
      );
    },
  ),

  contractCase('takes a configuration away that is set to undefined', async (catalogue) => {
    await catalogue.register(...given(id));
    await catalogue.configure(id, { depth: 3 }, operator);
    await catalogue.configure(id, undefined, operator);
    const entry = await catalogue.find(id);
    assert(entry && !('config' in entry));
  }),

  contractCase('refuses a configuration that is more than JSON data', async (catalogue) => {
    await catalogue.register(...given(id));
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const config of [{ at: new Date() }, { depth: Number.NaN }, [() => 1], { big: 1n }, circle])
      await assertRefused(catalogue.configure(id, config, operator), 'CONFIG_INVALID', { pluginId: id });
    assertSame((await catalogue.find(id))?.config, undefined);
  }),

  ...(['builtIn', 'trusted'] as const).map((trustLevel) =>
    contractCase(`checks the configuration of a ${trustLevel} plugin by its manifest`, async (catalogue) => {
      await catalogue.register(...given(id, { trustLevel, configSchema }));
      await catalogue.configure(id, { depth: 3 }, operator);
      await assertRefused(catalogue.configure(id, { depth: 'deep' }, operator), 'CONFIG_INVALID', {
        pluginId: id,
        problem: '/depth must be integer',
      });
      assertSame((await catalogue.find(id))?.config, { depth: 3 });
      assert.equal((await catalogue.auditTrail({ event: 'plugin.configured' })).length, 1);
    }),
  ),

  contractCase('checks a configuration by the version that is pinned', async (catalogue) => {
    await catalogue.register(...given(id, { trustLevel: 'trusted', configSchema }));
    await catalogue.register(...given(id, { trustLevel: 'trusted', version: '2.0.0' }));
    await catalogue.configure(id, { depth: 'deep' }, operator);
    await catalogue.pin(id, '1.0.0', operator);
    await assertRefused(catalogue.configure(id, { depth: 'deep' }, operator), 'CONFIG_INVALID', {});
  }),

  contractCase('does not run the schema of an untrusted plugin', async (catalogue) => {
    const hostile = { type: 'object', properties: { text: { type: 'string', pattern: '^(a+)+$' } } };
    await catalogue.register(...given(id, { configSchema: hostile }));
    const config = { text: `${'a'.repeat(40)}!` };
    await catalogue.configure(id, config, operator);
    assertSame((await catalogue.find(id))?.config, config);
  }),
];
