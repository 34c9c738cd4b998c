import { describe, expect, it } from '@jest/globals';
import { fakePlugin } from '../../src/index.ts';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { startHost, statusOf } from './start-host.ts';

describe('waiting for a plugin to be active', () => {
  it('ends at once for one that is, and starts one that waits for its first call', async () => {
    await using host = await startHost({ builtIn: [fakePlugin()] });
    await expect(host.whenActive('test.fake')).resolves.toBeUndefined();
    await using lazy = await startGateHost('untrusted', { activation: 'onFirstCall' });
    await lazy.host.whenActive(gateId);
    expect(lazy.host.isActive(gateId)).toBe(true);
  });

  it('rejects with what the plugin failed of', async () => {
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('the well is dry') } });
    await using host = await startHost({ builtIn: [broken] });
    await expect(host.whenActive('test.broken')).rejects.toBe(statusOf(host, 'test.broken').error);
    await using lazy = await startGateHost('untrusted', { activation: 'onFirstCall' }, '6.6.6');
    await expect(lazy.host.whenActive(gateId)).rejects.toMatchObject({ code: 'LIFECYCLE_FAILED' });
  });

  it('waits for a re-scan under way that may bring the plugin', async () => {
    await using gate = await startGateHost('untrusted');
    await gate.remove();
    await gate.host.rescan();
    await expect(gate.host.whenActive(gateId)).rejects.toMatchObject({
      code: 'PLUGIN_NOT_ACTIVE',
      details: { pluginId: gateId, state: 'unknown to this host' },
    });
    await gate.put('2.0.0');
    void gate.host.rescan();
    await gate.host.whenActive(gateId);
    expect(statusOf(gate.host, gateId)).toMatchObject({ version: '2.0.0', state: 'active' });
  });

  it('is given up with the reason of its signal', async () => {
    const controller = new AbortController();
    let attempts = 0;
    const slow = fakePlugin({ id: 'test.slow', fails: { initialize: new Error('not yet') } });
    const initialize = slow.plugin.create.bind(slow.plugin);
    Object.assign(slow, {
      plugin: {
        ...slow.plugin,
        create: (...given: Parameters<typeof initialize>) => {
          const plugin = initialize(...given);
          return ++attempts === 1
            ? plugin
            : Object.assign(plugin, { initialize: () => new Promise<void>(() => undefined) });
        },
      },
    });
    await using host = await startHost({ builtIn: [slow] });
    void host.rescan();
    await until(() => statusOf(host, 'test.slow').state === 'initialization');
    const waiting = host.whenActive('test.slow', { signal: controller.signal });
    controller.abort(new Error('nobody wants to know any more'));
    await expect(waiting).rejects.toThrow('nobody wants to know any more');
    const late = host.whenActive('test.slow', { signal: AbortSignal.abort(new Error('too late')) });
    await expect(late).rejects.toThrow('too late');
  });
});
