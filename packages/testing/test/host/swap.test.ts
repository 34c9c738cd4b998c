import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { Gate } from './plugins/gate.ts';
import { statusOf } from './start-host.ts';

describe.each(['trusted', 'untrusted'] as const)('a new version of a plugin (%s)', (tier) => {
  it('takes new calls when it is active, and those in flight end with the old one', async () => {
    await using swap = await startGateHost(tier);
    const held = swap.gate.hold(null);
    await until(() => swap.latch.waiting === 1);
    await swap.put('2.0.0');
    const rescan = swap.host.rescan();
    await until(() => statusOf(swap.host, gateId).version === '2.0.0');
    await expect(swap.gate.version(null)).resolves.toBe('2.0.0');
    const versions = swap.host.plugins().map(({ version, state }) => `${version} ${state}`);
    expect(versions).toEqual(['2.0.0 active', '1.0.0 shutdown']);
    swap.latch.open();
    await expect(held).resolves.toBe('1.0.0');
    await rescan;
    expect(swap.host.plugins()).toMatchObject([{ version: '2.0.0', state: 'active' }]);
    expect(swap.host.resolve(Gate)).toBe(swap.gate);
  });

  it('leaves a stream that has begun with the old one until it ends', async () => {
    await using swap = await startGateHost(tier);
    const stream = swap.gate.follow(null)[Symbol.asyncIterator]();
    await expect(stream.next()).resolves.toMatchObject({ value: '1.0.0' });
    await swap.put('2.0.0');
    const rescan = swap.host.rescan();
    await until(() => statusOf(swap.host, gateId).version === '2.0.0');
    const second = stream.next();
    await until(() => swap.latch.waiting === 1);
    swap.latch.open();
    await expect(second).resolves.toMatchObject({ value: '1.0.0' });
    await expect(stream.next()).resolves.toMatchObject({ done: true });
    await rescan;
  });

  it('does not wait for calls that do not end: they are given up with a code', async () => {
    await using swap = await startGateHost(tier, { timeouts: { drainTimeoutMs: 20 } });
    const held = swap.gate.hold(null);
    void held.catch(() => undefined);
    await until(() => swap.latch.waiting === 1);
    await swap.put('2.0.0');
    await swap.host.rescan();
    await expect(held).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    await expect(swap.gate.version(null)).resolves.toBe('2.0.0');
    const given = swap.logger.lines.map(({ fields }) => String(fields['err']));
    expect(given).toContain('Error: 1 calls did not end within 20 ms and are given up');
  });

  it('that does not come up leaves the old one at work, and is told of', async () => {
    await using swap = await startGateHost(tier, { required: [gateId] });
    await swap.put('6.6.6');
    await swap.host.rescan();
    await expect(swap.gate.version(null)).resolves.toBe('1.0.0');
    expect(swap.host.plugins()).toMatchObject([
      { id: gateId, version: '1.0.0', state: 'active' },
      { id: gateId, version: '6.6.6', state: 'failed', error: { code: 'LIFECYCLE_FAILED' } },
    ]);
    expect(swap.host.health().status).toBe('degraded');
    expect(swap.host.isActive(gateId)).toBe(true);
    await expect(swap.registry.find(gateId)).resolves.toMatchObject({ status: 'active' });
    const [failed] = (await swap.registry.auditTrail({ pluginId: gateId })).slice(-1);
    expect(failed).toMatchObject({ event: 'plugin.failed', version: '6.6.6', code: 'LIFECYCLE_FAILED' });

    await swap.put('1.0.0');
    await swap.host.rescan();
    expect(swap.host.health().status).toBe('healthy');
    expect(swap.host.plugins()).toMatchObject([{ version: '1.0.0', state: 'active' }]);
  });

  it('is what the catalogue and the audit trail tell of, in the order in which it happened', async () => {
    await using swap = await startGateHost(tier);
    await swap.put('2.0.0');
    await swap.host.rescan();
    await expect(swap.registry.find(gateId)).resolves.toMatchObject({ status: 'active' });
    const trail = await swap.registry.auditTrail({ pluginId: gateId });
    expect(trail.map(({ event, version }) => `${event} ${version}`)).toEqual([
      'plugin.registered 1.0.0',
      'plugin.admitted 1.0.0',
      'plugin.activated 1.0.0',
      'plugin.registered 2.0.0',
      'plugin.admitted 2.0.0',
      'plugin.activated 2.0.0',
      'plugin.shutdown 1.0.0',
    ]);
    expect(trail.at(-1)).toMatchObject({ detail: 'version 2.0.0 replaced it' });
    await swap.host.stop();
    await expect(swap.registry.find(gateId)).resolves.toMatchObject({ status: 'shutdown' });
  });

  it('has the copy of the old package removed from the store, and that of one that failed kept', async () => {
    await using swap = await startGateHost(tier);
    const copies = async (): Promise<number> => {
      const names = await readdir(swap.stateDirectory);
      const own = names.find((name) => name.startsWith('host.')) ?? '';
      return (await readdir(join(swap.stateDirectory, own, 'packages'))).length;
    };
    for (const version of ['2.0.0', '3.0.0', '4.0.0']) {
      await swap.put(version);
      await swap.host.rescan();
      expect(await copies()).toBe(1);
    }
    await swap.put('6.6.6');
    await swap.host.rescan();
    expect(await copies()).toBe(2);
    await swap.remove();
    await swap.host.rescan();
    expect(await copies()).toBe(0);
  });
});

describe('code of trusted plugins that was replaced', () => {
  it('stays in the process, and is counted', async () => {
    await using swap = await startGateHost('trusted');
    expect(swap.host.health()).not.toHaveProperty('unusedModules');
    for (const [index, version] of ['2.0.0', '3.0.0'].entries()) {
      await swap.put(version);
      await swap.host.rescan();
      expect(swap.host.health()).toMatchObject({ status: 'healthy', unusedModules: index + 1 });
    }
    await swap.put('1.0.0');
    await swap.host.rescan();
    await expect(swap.gate.version(null)).resolves.toBe('1.0.0');
    expect(swap.host.health()).toMatchObject({ unusedModules: 2 }); // the first one is in use again
  });

  it('is none of untrusted plugins', async () => {
    await using swap = await startGateHost('untrusted');
    await swap.put('2.0.0');
    await swap.host.rescan();
    expect(swap.host.health()).not.toHaveProperty('unusedModules');
  });
});

describe('a new version that crashes', () => {
  it('is restarted by the policy like any other, once it has taken the place of the old one', async () => {
    await using swap = await startGateHost('untrusted', { restart: { firstDelayMs: 1 } });
    await swap.put('2.0.0');
    await swap.host.rescan();
    swap.sandbox.crash(gateId);
    await until(() => swap.host.plugins().length === 1 && statusOf(swap.host, gateId).restarts === 1);
    await swap.host.whenActive(gateId);
    await expect(swap.gate.version(null)).resolves.toBe('2.0.0');
  });
});
