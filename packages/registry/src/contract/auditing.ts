import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  noIsolation,
  type AuditEvent,
  type AuditQuery,
  type PluginCatalogue,
} from '@stellaops/plugin-abstractions/hosting';
import { assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { eventOf, given, operator } from './given.ts';

const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));

/** What a catalogue promises to auditors. */
export const auditing: readonly ContractCase[] = [
  contractCase('gives every event back as it was written', async (catalogue) => {
    const lean: AuditEvent = {
      id: randomUUID(),
      event: 'plugin.refused',
      at: new Date(7),
      actor: 'me',
      hostId: 'h',
    };
    const full: AuditEvent = {
      id: randomUUID(),
      event: 'plugin.failed',
      at: new Date(Date.UTC(2026, 10, 22, 23, 59, 59, 999)),
      actor: 'service:"\u{1F600}"',
      hostId: `host'; --`,
      pluginId: 'acme.scanner',
      version: '1.0.0-rc.1+build',
      trustLevel: 'untrusted',
      capability: 'CanScan',
      code: 'SANDBOX_EXITED',
      detail: 'line one\nline two',
      isolation: noIsolation('none "at" all'),
      waivedIsolation: ['network', 'cpu'],
      crash: {
        cause: 'crashed',
        problem: 'it ended',
        at: day(3),
        uptimeMs: 0.5,
        exitCode: 1,
        lastLines: ['\0 a', 'b'],
        callsInFlightCount: 1,
        callsInFlight: [{ direction: 'toHost', capability: 'X', method: 'y', ageMs: 1 }],
      },
    };
    for (const event of [lean, full]) await catalogue.audit(event);
    const trail = await catalogue.auditTrail();
    const positions = trail.map(({ position }) => position);
    assertSame(trail, [
      { ...lean, position: positions[0] },
      { ...full, position: positions[1] },
    ]);
    assert((await catalogue.verifyAuditChain()).isIntact);
  }),

  contractCase('writes what a hostile plugin says, whatever characters it is made of', async (catalogue) => {
    await catalogue.audit(eventOf('plugin.failed', 'acme.scanner', { detail: 'a\0b\uD800c' }));
    const [event] = await catalogue.auditTrail();
    assert.equal(event?.detail, 'a\uFFFDb\uFFFDc');
    assert((await catalogue.verifyAuditChain()).isIntact);
  }),

  contractCase('tells the events for which all of a query holds, oldest first', async (catalogue) => {
    await fill(catalogue);
    const details = async (query?: AuditQuery) =>
      (await catalogue.auditTrail(query)).map(({ detail }) => detail);
    assertSame(await details(), ['1', '2', '3', '4', '5']);
    assertSame(await details({ pluginId: 'a.one' }), ['1', '2', '5']);
    assertSame(await details({ actor: 'eve' }), ['2', '4']);
    assertSame(await details({ hostId: 'Host-2' }), ['5']);
    assertSame(await details({ event: 'call.rejected' }), ['3', '5']);
    assertSame(await details({ from: day(2), until: day(4) }), ['2', '3']);
    assertSame(await details({ pluginId: 'a.one', actor: 'ada', from: day(2) }), ['5']);
    assertSame(await details({ pluginId: 'a.nobody' }), []);
  }),

  contractCase('tells the events page by page', async (catalogue) => {
    await fill(catalogue);
    const seen: (string | undefined)[] = [];
    let page = await catalogue.auditTrail({ limit: 2 });
    while (page.length > 0) {
      assert(page.length <= 2);
      seen.push(...page.map(({ detail }) => detail));
      page = await catalogue.auditTrail({ limit: 2, after: page.at(-1)?.position ?? 0 });
    }
    assertSame(seen, ['1', '2', '3', '4', '5']);
  }),

  contractCase('has a chain of each host, and finds it intact', async (catalogue) => {
    assertSame(await catalogue.verifyAuditChain(), { isIntact: true, heads: [], faults: [] });
    await fill(catalogue);
    const { isIntact, heads, faults } = await catalogue.verifyAuditChain();
    assertSame([isIntact, faults], [true, []]);
    assertSame(
      heads.map(({ hostId, sequence }) => [hostId, sequence]),
      [
        ['Host-2', 1],
        ['host-1', 4],
      ],
    );
    await fill(catalogue);
    assert((await catalogue.verifyAuditChain(heads)).isIntact);
  }),

  contractCase('finds that what was noted elsewhere is not what it has', async (catalogue) => {
    await fill(catalogue);
    const hash = 'f'.repeat(64);
    const { isIntact, faults } = await catalogue.verifyAuditChain([
      { hostId: 'host-1', sequence: 2, hash },
      { hostId: 'host-3', sequence: 1, hash },
    ]);
    assert.equal(isIntact, false);
    assertSame(
      faults.map(({ hostId, sequence, kind }) => [hostId, sequence, kind]),
      [
        ['host-1', 2, 'altered'],
        ['host-3', 1, 'missing'],
      ],
    );
  }),

  contractCase('keeps the chain whole when many write at once', async (catalogue) => {
    const writers = Array.from({ length: 20 }, (_, index) =>
      catalogue.audit(eventOf('call.rejected', 'a.one', { hostId: `host-${index < 10 ? 0 : 1}` })),
    );
    await Promise.all(writers);
    const { isIntact, heads } = await catalogue.verifyAuditChain();
    assertSame([isIntact, heads.map(({ sequence }) => sequence)], [true, [10, 10]]);
  }),

  contractCase('writes an event once, however often it is told', async (catalogue) => {
    const event = eventOf('call.rejected', 'a.one', { detail: 'as it was' });
    await catalogue.audit(event);
    await catalogue.audit({ ...event, detail: 'another' });
    await Promise.all(Array.from({ length: 5 }, () => catalogue.audit(event)));
    await catalogue.audit(eventOf('call.rejected', 'a.one', { detail: 'the next' }));
    assertSame(
      (await catalogue.auditTrail()).map(({ id, detail }) => [id === event.id, detail]),
      [
        [true, 'as it was'],
        [false, 'the next'],
      ],
    );
    const { isIntact, heads } = await catalogue.verifyAuditChain();
    assertSame([isIntact, heads[0]?.sequence], [true, 2]);
  }),

  contractCase('changes nothing when it is told a status again whose event it has', async (catalogue) => {
    await catalogue.register(...given('a.one'));
    const event = eventOf('plugin.activated', 'a.one');
    await catalogue.recordStatus('a.one', 'active', event);
    await catalogue.recordStatus('a.one', 'failed', eventOf('plugin.failed', 'a.one'));
    await catalogue.recordStatus('a.one', 'active', event);
    assert.equal((await catalogue.find('a.one'))?.status, 'failed');
    await catalogue.disable('a.one', operator);
    await catalogue.remove('a.one', operator);
    await catalogue.recordStatus('a.one', 'active', event);
    assert.equal((await catalogue.auditTrail({ event: 'plugin.activated' })).length, 1);
    assert((await catalogue.verifyAuditChain()).isIntact);
  }),

  contractCase(
    'changes nothing when it is told a registration again whose event it has',
    async (catalogue) => {
      const [registration, event] = given('a.one');
      await catalogue.register(registration, event);
      await catalogue.register(...given('a.one', { trustLevel: 'trusted' }));
      const entry = await catalogue.register(registration, event);
      assert.equal(entry.trustLevel, 'trusted');
      assertSame(await catalogue.find('a.one'), entry);
      assert.equal((await catalogue.auditTrail()).length, 2);
    },
  ),

  contractCase('takes no event whose id is no UUID', async (catalogue) => {
    for (const id of ['', '1', `${randomUUID()} `])
      await assert.rejects(catalogue.audit(eventOf('call.rejected', 'a.one', { id })));
    assertSame(await catalogue.auditTrail(), []);
  }),

  contractCase('writes no event of a change that it refuses', async (catalogue) => {
    await catalogue.register(...given('a.one'));
    const refused = [
      catalogue.register(...given('a.one', { content: 'another' })),
      catalogue.recordStatus('a.two', 'active', eventOf('plugin.activated', 'a.two')),
    ];
    const outcomes = await Promise.allSettled(refused);
    assert(outcomes.every(({ status }) => status === 'rejected'));
    const { isIntact, heads } = await catalogue.verifyAuditChain();
    assertSame([isIntact, heads[0]?.sequence], [true, 1]);
  }),
];

async function fill(catalogue: PluginCatalogue): Promise<void> {
  const events: readonly AuditEvent[] = [
    eventOf('plugin.admitted', 'a.one', { at: day(1), actor: 'ada', detail: '1' }),
    eventOf('plugin.failed', 'a.one', { at: day(2), actor: 'eve', detail: '2' }),
    eventOf('call.rejected', 'a.two', { at: day(3), actor: 'ada', detail: '3' }),
    { id: randomUUID(), event: 'plugin.refused', at: day(4), actor: 'eve', hostId: 'host-1', detail: '4' },
    eventOf('call.rejected', 'a.one', { at: day(5), actor: 'ada', hostId: 'Host-2', detail: '5' }),
  ];
  for (const event of events) await catalogue.audit(event);
}
