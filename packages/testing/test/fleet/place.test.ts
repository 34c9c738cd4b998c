import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { fakePlugin, FakePluginRegistry, recordingLogger } from '../../src/index.ts';
import { until } from '../until.ts';
import { startFleetHost } from './fleet-host.ts';

/** A host that was alive a moment ago, and whose end nobody has seen. */
const silent = (hostId: string, lostAfterMs: number) => ({
  hostId,
  machine: 'elsewhere',
  processId: 42,
  processIdentity: 'another-boot/1.42.7',
  lostAfterMs,
});

const soon = { heartbeatIntervalMs: 20, lostAfterMs: 1_000 };

describe('a host in a fleet', () => {
  it('is shown with its plugins as long as it runs', async () => {
    const registry = new InMemoryPluginRegistry();
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('the well is dry') } });
    const host = await startFleetHost('host-1', { registry, builtIn: [fakePlugin(), broken] });
    const [shown, ...others] = await registry.hosts();
    expect(others).toEqual([]);
    expect(shown).toMatchObject({
      hostId: 'host-1',
      state: 'live',
      processId: process.pid,
      instances: [
        {
          pluginId: 'test.broken',
          state: 'failed',
          code: 'LIFECYCLE_FAILED',
          detail: expect.stringContaining('the well is dry'),
        },
        { pluginId: 'test.fake', state: 'active', version: '1.0.0' },
      ],
    });
    await host.stop();
    expect(await registry.hosts()).toEqual([]);
    expect(await registry.find('test.fake')).toMatchObject({ status: 'shutdown' });
  });

  it('says again and again that it is alive', async () => {
    const registry = new InMemoryPluginRegistry();
    await using _ = await startFleetHost('host-1', { registry, fleet: soon });
    const lastHeartbeat = async () => (await registry.hosts())[0]?.lastHeartbeatAt.getTime();
    const first = await lastHeartbeat();
    await until(async () => (await lastHeartbeat()) !== first);
    const second = await lastHeartbeat();
    await until(async () => (await lastHeartbeat()) !== second);
    expect(await registry.hosts()).toMatchObject([{ hostId: 'host-1', state: 'live' }]);
  });

  it('is refused while another of its id is alive, and what it began is undone', async () => {
    const registry = new InMemoryPluginRegistry();
    const plugin = fakePlugin();
    await using first = await startFleetHost('host-1', { registry, builtIn: [fakePlugin()], fleet: soon });
    await expect(
      startFleetHost('host-1', { registry, builtIn: [plugin], fleet: soon }),
    ).rejects.toMatchObject({
      code: 'HOST_ID_TAKEN',
      details: { hostId: 'host-1', holder: expect.stringMatching(/^process \d+ on /) },
    });
    expect(plugin.steps).toEqual([]);
    expect(first.isActive('test.fake')).toBe(true);
    expect(await registry.hosts()).toMatchObject([{ instances: [{ state: 'active' }] }]);
  });

  it('takes the place of one of its id that gives no sign of life any more', async () => {
    const registry = new InMemoryPluginRegistry();
    await registry.join(silent('host-1', 100));
    await using host = await startFleetHost('host-1', { registry, builtIn: [fakePlugin()], fleet: soon });
    expect(host.isActive('test.fake')).toBe(true);
    expect(await registry.hosts()).toMatchObject([
      { processId: process.pid, instances: [{ state: 'active' }] },
    ]);
  });

  it('waits for one of its id that may be alive no longer than one that starts is told to', async () => {
    const registry = new InMemoryPluginRegistry();
    await registry.join(silent('host-1', 3_600_000));
    await expect(
      startFleetHost('host-1', { registry, fleet: { heartbeatIntervalMs: 20, lostAfterMs: 50 } }),
    ).rejects.toMatchObject({
      code: 'HOST_ID_TAKEN',
      details: { holder: 'process 42 on elsewhere' },
    });
  });

  it('can be stopped while it waits for one of its id', async () => {
    const registry = new InMemoryPluginRegistry();
    await registry.join(silent('host-1', 3_600_000));
    const over = new AbortController();
    const starting = startFleetHost('host-1', {
      registry,
      signal: over.signal,
      fleet: { lostAfterMs: 3_600_000 },
    });
    over.abort(new Error('nobody wants it'));
    await expect(starting).rejects.toThrow('nobody wants it');
  });

  it('joins when its registry is there, and says then how its plugins are', async () => {
    const registry = new FakePluginRegistry();
    const logger = recordingLogger();
    registry.goAway();
    await using host = await startFleetHost('host-1', {
      registry,
      logger,
      builtIn: [fakePlugin()],
      fleet: soon,
    });
    registry.comeBack();
    await until(async () => (await registry.hosts()).length === 1);
    await host.rescan();
    await until(async () => (await registry.hosts())[0]?.instances[0]?.state === 'active');
    const said = logger.lines.filter(({ message }) => message.startsWith('the host cannot say in the fleet'));
    expect(said).toHaveLength(1);
  });

  it('says how its plugins are when it has its place again, also of what changed meanwhile', async () => {
    const registry = new InMemoryPluginRegistry();
    await using _ = await startFleetHost('host-1', { registry, builtIn: [fakePlugin()], fleet: soon });
    const [own] = await registry.hosts();
    const intruder = await registry.join({
      ...silent('host-1', 3_600_000),
      replaces: own?.incarnation ?? '',
    });
    expect(await registry.hosts()).toMatchObject([{ processId: 42, instances: [] }]);
    await intruder.leave();
    await until(async () => (await registry.hosts())[0]?.instances[0]?.state === 'active');
    expect(await registry.hosts()).toMatchObject([{ processId: process.pid }]);
  });
});
