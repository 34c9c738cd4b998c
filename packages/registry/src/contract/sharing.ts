import assert from 'node:assert/strict';
import type { LifecycleState, PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { announced, eventOf, given, operator, until } from './given.ts';

const id = 'acme.scanner';

/** What a catalogue promises about the instances of a fleet. */
export const sharing: readonly ContractCase[] = [
  contractCase('says of a plugin on which hosts it is, in which state and since when', async (catalogue) => {
    await fleetOf(catalogue);
    const earliest = new Date();
    await says(catalogue, 'Host-2', 'loading', '2.0.0');
    await says(catalogue, 'Host-2', 'active', '2.0.0');
    await says(catalogue, 'host-1', 'initialization');
    const { isActive, problem, hosts } = await catalogue.health(id);
    assertSame([isActive, problem], [true, undefined]);
    assertSame(
      hosts.map(({ hostId, state, version, lostSince }) => [hostId, state, version, lostSince]),
      [
        ['Host-2', 'active', '2.0.0', undefined],
        ['host-1', 'initialization', '1.0.0', undefined],
      ],
    );
    assert(hosts.every(({ since }) => Math.abs(since.getTime() - earliest.getTime()) < 60_000));
    const [host] = await catalogue.hosts('Host-2');
    const [instance] = host?.instances ?? [];
    assertSame(instance, { pluginId: id, version: '2.0.0', state: 'active', since: instance?.since });
  }),

  contractCase('says since when by its own clock, whatever that of a host says', async (catalogue) => {
    await fleetOf(catalogue);
    const at = new Date(Date.UTC(1999, 0, 1));
    const event = eventOf('plugin.activated', id, { at, hostId: 'host-1' });
    await catalogue.recordStatus(id, 'active', event, { hostId: 'host-1', version: '1.0.0' });
    const [instance] = (await catalogue.health(id)).hosts;
    assert(instance && instance.since > new Date(Date.UTC(2020, 0, 1)));
    assertSame((await catalogue.auditTrail({ event: 'plugin.activated' }))[0]?.at, at);
  }),

  contractCase(
    'has a plugin active while it is on one live host, and then as the last one said',
    async (catalogue) => {
      await fleetOf(catalogue);
      const status = async () => (await catalogue.find(id))?.status;
      await says(catalogue, 'host-1', 'active');
      await says(catalogue, 'Host-2', 'loading');
      assert.equal(await status(), 'active');
      await says(catalogue, 'Host-2', 'active');
      await says(catalogue, 'host-1', 'shutdown');
      assert.equal(await status(), 'active');
      assertSame(
        (await catalogue.list({ status: 'active' })).map((plugin) => plugin.id),
        [id],
      );
      await says(catalogue, 'Host-2', 'failed');
      assert.equal(await status(), 'failed');
      assertSame(await catalogue.list({ status: 'active' }), []);
    },
  ),

  contractCase('has a plugin end as the last one said, when two let go of it at once', async (catalogue) => {
    await fleetOf(catalogue);
    for (const hostId of ['host-1', 'Host-2']) await says(catalogue, hostId, 'active');
    await Promise.all(['host-1', 'Host-2'].map((hostId) => says(catalogue, hostId, 'shutdown')));
    assert.equal((await catalogue.find(id))?.status, 'shutdown');
  }),

  contractCase(
    'says of a plugin that only a lost host had active that it failed, and names it',
    async (catalogue) => {
      await fleetOf(catalogue, 1);
      await says(catalogue, 'host-1', 'active');
      await until(async () => (await catalogue.hosts('host-1'))[0]?.state === 'lost');
      assert.equal((await catalogue.find(id))?.status, 'failed');
      assertSame(
        (await catalogue.list({ status: 'failed' })).map((plugin) => plugin.id),
        [id],
      );
      const [host] = await catalogue.hosts('host-1');
      const { isActive, hosts, problem } = await catalogue.health(id);
      assertSame([isActive, hosts[0]?.state, hosts[0]?.lostSince], [false, 'active', host?.since]);
      assert.equal(problem, `host-1, which is lost since ${host?.since.toISOString()}, had it in active`);
      await says(catalogue, 'Host-2', 'loading');
      assert.equal((await catalogue.find(id))?.status, 'loading');
      await says(catalogue, 'Host-2', 'active');
      assert.equal((await catalogue.health(id)).isActive, true);
    },
  ),

  contractCase('says of a plugin that is not active why not', async (catalogue) => {
    const problem = async (): Promise<string | undefined> => (await catalogue.health(id)).problem;
    assert.equal(await problem(), 'it was never registered');
    await fleetOf(catalogue);
    assert.equal(await problem(), 'no host of the fleet has it');
    const failed = eventOf('plugin.failed', id, { code: 'LIFECYCLE_FAILED', detail: 'the \0 well is dry' });
    await catalogue.recordStatus(id, 'failed', failed, { hostId: 'host-1', version: '1.0.0' });
    const { hosts, isActive } = await catalogue.health(id);
    assert.equal(isActive, false);
    assertSame([hosts[0]?.state, hosts[0]?.code], ['failed', 'LIFECYCLE_FAILED']);
    const since = hosts[0]?.since.toISOString();
    assert.equal(await problem(), `host-1 has it in failed since ${since}: the \uFFFD well is dry`);
    await catalogue.quarantine(id, operator);
    assert.match((await problem()) ?? '', /^it was quarantined by user:ada at /);
  }),

  contractCase('takes what a host reports of all its instances for all that it has', async (catalogue) => {
    const [membership] = await fleetOf(catalogue);
    await catalogue.register(...given('acme.other'));
    await says(catalogue, 'host-1', 'active');
    await membership?.report([
      { pluginId: 'acme.other', version: '1.0.0', state: 'active' },
      { pluginId: 'acme.ghost', version: '1.0.0', state: 'active' },
      { pluginId: id, version: '9.9.9', state: 'active' },
    ]);
    const [host] = await catalogue.hosts('host-1');
    assertSame(
      host?.instances.map(({ pluginId }) => pluginId),
      ['acme.other'],
    );
    assert.equal((await catalogue.find('acme.other'))?.status, 'active');
    await membership?.report([]);
    assertSame((await catalogue.hosts('host-1'))[0]?.instances, []);
  }),

  contractCase(
    'keeps no instance of a host that has not joined, nor of a plugin that is removed',
    async (catalogue) => {
      await fleetOf(catalogue);
      await says(catalogue, 'host-9', 'active');
      assert.equal((await catalogue.find(id))?.status, 'active');
      await says(catalogue, 'host-1', 'active');
      assertSame(
        (await catalogue.health(id)).hosts.map(({ hostId }) => hostId),
        ['host-1'],
      );
      await catalogue.disable(id, operator);
      await catalogue.remove(id, operator);
      assertSame((await catalogue.hosts('host-1'))[0]?.instances, []);
    },
  ),

  contractCase('tells what operators want of the plugins that it has', async (catalogue) => {
    for (const pluginId of ['a.free', 'a.pinned', 'a.held', 'a.not-asked'])
      await catalogue.register(...given(pluginId));
    await catalogue.pin('a.pinned', '1.0.0', operator);
    await catalogue.quarantine('a.held', { ...operator, reason: 'ticket 7' });
    const states = await catalogue.desiredStates(['a.pinned', 'a.free', 'a.held', 'a.ghost']);
    const { restriction } = (await catalogue.find('a.held')) ?? {};
    assertSame(
      states.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      [{ id: 'a.free' }, { id: 'a.held', restriction }, { id: 'a.pinned', pinnedVersion: '1.0.0' }],
    );
    assertSame(await catalogue.desiredStates([]), []);
  }),
];

/** A plugin of two versions, and two hosts, of which the first may be lost soon. */
async function fleetOf(catalogue: PluginCatalogue, lostAfterMs = 60_000) {
  for (const version of ['1.0.0', '2.0.0']) await catalogue.register(...given(id, { version }));
  const first = await catalogue.join(announced('host-1', { lostAfterMs }));
  return [first, await catalogue.join(announced('Host-2'))];
}

function says(
  catalogue: PluginCatalogue,
  hostId: string,
  state: LifecycleState,
  version = '1.0.0',
): Promise<void> {
  const names = {
    loading: 'plugin.admitted',
    active: 'plugin.activated',
    shutdown: 'plugin.shutdown',
    failed: 'plugin.failed',
  } as const;
  const name = state === 'initialization' || state === 'discovery' ? undefined : names[state];
  const event = name && eventOf(name, id, { hostId, version });
  return catalogue.recordStatus(id, state, event, { hostId, version });
}
