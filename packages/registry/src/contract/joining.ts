import assert from 'node:assert/strict';
import { assertRefused, assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { announced, eventOf, given, until } from './given.ts';

const id = 'acme.scanner';

/** What a catalogue promises to the hosts of a fleet about their places. */
export const joining: readonly ContractCase[] = [
  contractCase('shows the hosts that have joined, by id in code-unit order', async (catalogue) => {
    assertSame(await catalogue.hosts(), []);
    const memberships = [];
    for (const hostId of ['host-2', 'Host-3', 'host-1'])
      memberships.push(await catalogue.join(announced(hostId)));
    const hosts = await catalogue.hosts();
    assertSame(
      hosts.map(({ hostId, state, instances }) => [hostId, state, instances]),
      [
        ['Host-3', 'live', []],
        ['host-1', 'live', []],
        ['host-2', 'live', []],
      ],
    );
    const [host] = await catalogue.hosts('host-2');
    const { lostAfterMs: _, ...said } = announced('host-2');
    const { incarnation } = memberships[0] ?? {};
    const { since, lastHeartbeatAt } = host ?? {};
    assertSame(host, { ...said, incarnation, state: 'live', since, lastHeartbeatAt, instances: [] });
    assert(since && lastHeartbeatAt && lastHeartbeatAt >= since);
    assertSame(await catalogue.hosts('host-9'), []);
  }),

  contractCase('refuses a host whose id another has that is alive, and names it', async (catalogue) => {
    const first = await catalogue.join(announced('host-1', { machine: 'alpha', processId: 42 }));
    await assertRefused(catalogue.join(announced('host-1', { machine: 'beta' })), 'HOST_ID_TAKEN', {
      hostId: 'host-1',
      holder: 'process 42 on alpha',
    });
    assert.equal(await first.heartbeat(), true);
    assert.equal((await catalogue.hosts())[0]?.machine, 'alpha');
  }),

  contractCase('lets one in of those that join at once under one id', async (catalogue) => {
    const joins = Array.from({ length: 5 }, () => catalogue.join(announced('host-1')));
    const outcomes = await Promise.allSettled(joins);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await catalogue.hosts()).length, 1);
  }),

  contractCase('shows a host as lost that gives no heartbeat, until it does again', async (catalogue) => {
    await catalogue.register(...given(id));
    const membership = await catalogue.join(announced('host-1', { lostAfterMs: 1 }));
    await catalogue.recordStatus(id, 'active', eventOf('plugin.activated', id), {
      hostId: 'host-1',
      version: '1.0.0',
    });
    await until(async () => (await catalogue.hosts())[0]?.state === 'lost');
    const [lost] = await catalogue.hosts();
    assert.equal(lost?.since.getTime(), (lost?.lastHeartbeatAt.getTime() ?? 0) + 1);
    assertSame(
      lost?.instances.map(({ pluginId, state }) => [pluginId, state]),
      [[id, 'active']],
    );
    assert.equal(await membership.heartbeat(), true);
    assert((await catalogue.hosts())[0]?.lastHeartbeatAt !== lost?.lastHeartbeatAt);
  }),

  contractCase('has a lost host taken over, which hears of it', async (catalogue) => {
    await catalogue.register(...given(id));
    const first = await catalogue.join(announced('host-1', { lostAfterMs: 1 }));
    const place = { hostId: 'host-1', version: '1.0.0' };
    await catalogue.recordStatus(id, 'active', eventOf('plugin.activated', id), place);
    await until(async () => (await catalogue.hosts())[0]?.state === 'lost');
    const second = await catalogue.join(announced('host-1', { machine: 'beta' }));
    assert.notEqual(second.incarnation, first.incarnation);
    assert.equal(await first.heartbeat(), false);
    assert.equal(await second.heartbeat(), true);
    await first.report([{ pluginId: id, version: '1.0.0', state: 'active' }]);
    await first.leave();
    const [host] = await catalogue.hosts();
    assertSame([host?.machine, host?.state, host?.instances], ['beta', 'live', []]);
    assert.equal((await catalogue.find(id))?.status, 'failed');
  }),

  contractCase('has a host taken over at once by who knows that it is gone', async (catalogue) => {
    const first = await catalogue.join(announced('host-1'));
    const another = announced('host-1', { replaces: 'd15ea5ed-0000-4000-8000-000000000000' });
    await assertRefused(catalogue.join(another), 'HOST_ID_TAKEN', { hostId: 'host-1' });
    await catalogue.join(announced('host-1', { machine: 'beta', replaces: first.incarnation }));
    assertSame(
      (await catalogue.hosts()).map(({ machine }) => machine),
      ['beta'],
    );
  }),

  contractCase('forgets a host that leaves, and lets another have its id', async (catalogue) => {
    await catalogue.register(...given(id));
    const membership = await catalogue.join(announced('host-1'));
    await membership.report([{ pluginId: id, version: '1.0.0', state: 'active' }]);
    await membership.leave();
    assertSame(await catalogue.hosts(), []);
    assert.equal(await membership.heartbeat(), false);
    assert.equal((await catalogue.find(id))?.status, 'shutdown');
    assert.equal((await catalogue.health(id)).problem, 'no host of the fleet has it');
    await membership.leave();
    await catalogue.join(announced('host-1'));
  }),

  contractCase('keeps what hosts are called, whatever characters it is made of', async (catalogue) => {
    const membership = await catalogue.join(announced('h\0"; --', { machine: 'a\0b' }));
    assert.equal(await membership.heartbeat(), true);
    assert.equal((await catalogue.hosts())[0]?.machine, 'a\uFFFDb');
  }),
];
