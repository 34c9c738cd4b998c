import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import type { AuditEvent } from '@stellaops/plugin-abstractions/hosting';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, FakePluginRegistry, recordingLogger } from '../../src/index.ts';
import { oneStateDirectory } from './one-state-directory.ts';
import { statusOf } from './start-host.ts';
import { until } from '../until.ts';

const { startHost, journal } = oneStateDirectory();
const told = async (registry: FakePluginRegistry) => (await registry.auditTrail()).map(({ event }) => event);
const told3 = ['plugin.registered', 'plugin.admitted', 'plugin.activated'];

describe('what happens while the registry is away', () => {
  it('is told it when it is back, in order and once, with the time at which it happened', async () => {
    const registry = new FakePluginRegistry();
    const host = await startHost({ registry, builtIn: [fakePlugin({ id: 'test.one' })] });
    registry.goAway();
    await using bad = await createPluginPackage({ manifest: '{' });
    await using other = await startHost({ registry, hostId: 'host-2', pluginPaths: [bad.directory] });
    const { away, waiting } = other.health().registry ?? {};
    expect([away?.problem, waiting, other.health().status]).toEqual([
      'the connection was closed',
      1,
      'degraded',
    ]);
    await host.stop();
    const left = new Date();
    registry.comeBack();
    await until(() => other.health().registry?.away === undefined);
    expect(other.health().registry).toEqual({ waiting: 0, unrecorded: 0 });
    await using next = await startHost({ registry, hostId: 'host-3' });
    await until(() => next.health().registry?.waiting === 0);
    const trail = await registry.auditTrail({ hostId: 'host-1' });
    expect(trail.map(({ event }) => event)).toEqual([...told3, 'plugin.shutdown']);
    expect(trail.every(({ at }) => at <= left)).toBe(true);
    expect(await registry.auditTrail({ hostId: 'host-2' })).toMatchObject([{ event: 'plugin.refused' }]);
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true });
  });

  it('is written once when the registry wrote it and only its answer was lost', async () => {
    const registry = new AnswerLosingRegistry();
    const host = await startHost({ registry, builtIn: [fakePlugin()] });
    registry.losesAnswers = true;
    const stopped = host.stop();
    await stopped;
    registry.losesAnswers = false;
    await using next = await startHost({ registry, hostId: 'host-2' });
    await until(() => next.health().registry?.waiting === 0);
    expect(await told(registry)).toEqual([...told3, 'plugin.shutdown']);
  });

  it('is kept too when the registry does not answer in time', async () => {
    const registry = new SilentRegistry();
    const host = await startHost({
      registry,
      builtIn: [fakePlugin()],
      timeouts: { registryTimeoutMs: 100 },
    });
    registry.isSilent = true;
    await host.stop();
    expect(host.health().registry).toMatchObject({
      away: { problem: 'it did not answer within 100 ms (timeouts.registryTimeoutMs)' },
      waiting: 1,
    });
    expect(await journal()).toHaveLength(1);
  });

  it('is told of a plugin, too, that was taken out of the catalogue in the meantime', async () => {
    const registry = new FakePluginRegistry();
    const operator = { actor: 'user:ada', hostId: 'console-1' };
    const host = await startHost({ registry, builtIn: [fakePlugin()] });
    registry.goAway();
    await host.stop();
    registry.comeBack();
    await registry.disable('test.fake', operator);
    await registry.remove('test.fake', operator);
    await using next = await startHost({ registry, hostId: 'host-2' });
    await until(() => next.health().registry?.waiting === 0);
    expect(await registry.auditTrail({ event: 'plugin.shutdown' })).toHaveLength(1);
    expect(await registry.list()).toEqual([]);
  });
});

describe('a journal that is full', () => {
  it('is said, keeps plugins at work and lets them stop, and counts what is lost', async () => {
    const registry = new FakePluginRegistry();
    const logger = recordingLogger();
    const plugins = ['test.one', 'test.two', 'test.three'].map((id) => fakePlugin({ id }));
    const host = await startHost({
      registry,
      logger,
      builtIn: plugins,
      journal: { maxEvents: 2 },
      maxParallelStarts: 1,
    });
    registry.goAway();
    await host.stop();
    expect(plugins.map(({ steps }) => steps.at(-1))).toEqual(['stop', 'stop', 'stop']);
    const { status, registry: stands } = host.health();
    expect(status).toBe('degraded');
    expect(stands).toMatchObject({ waiting: 2, unrecorded: 1 });
    expect(stands?.full).toContain('the journal of what it has to be told is full (2 events');
    expect(
      logger.lines.filter(({ message }) => message.startsWith('an audit event is not recorded')),
    ).toHaveLength(1);
  });

  it('lets nothing run again that has crashed, and says which option gives it more room', async () => {
    const registry = new FakePluginRegistry();
    const sandbox = new InMemorySandbox({ 'test.mortal': fakePlugin({ id: 'test.mortal' }).plugin });
    await using folder = await createPluginPackage({
      manifest: { id: 'test.mortal' },
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({
      registry,
      sandbox,
      pluginPaths: [folder.directory],
      restart: { maxRestarts: 1, windowMs: 60_000, firstDelayMs: 1, longestDelayMs: 1 },
      journal: { maxEvents: 1 },
    });
    registry.goAway();
    sandbox.crash('test.mortal');
    await until(() => host.health().registry?.full !== undefined);
    expect(statusOf(host, 'test.mortal')).toMatchObject({
      state: 'failed',
      error: {
        code: 'REGISTRY_UNAVAILABLE',
        details: { problem: expect.stringContaining('journal.maxEvents') },
      },
    });
  });
});

describe('a registry that takes nothing more', () => {
  it('lets no further plugin run, not even its first step', async () => {
    const [one, two] = [fakePlugin({ id: 'test.one' }), fakePlugin({ id: 'test.two' })];
    await using host = await startHost({
      registry: new FullRegistry(),
      builtIn: [one, two],
      maxParallelStarts: 1,
    });
    expect(statusOf(host, 'test.one').state).toBe('active');
    expect(two.steps).toEqual([]);
    expect(statusOf(host, 'test.two')).toMatchObject({
      state: 'failed',
      error: { code: 'REGISTRY_UNAVAILABLE', details: { problem: 'no space left on device' } },
    });
  });
});

/** Answers, and takes nothing more: as a database whose disk is full. */
class FullRegistry extends FakePluginRegistry {
  override recordStatus(): Promise<void> {
    return Promise.reject(new PluginError('REGISTRY_UNAVAILABLE', { problem: 'no space left on device' }));
  }

  override audit(): Promise<void> {
    return this.recordStatus();
  }
}

/** Does what it is told, and does not say so. */
class AnswerLosingRegistry extends FakePluginRegistry {
  losesAnswers = false;

  override async recordStatus(...given: Parameters<FakePluginRegistry['recordStatus']>): Promise<void> {
    await super.recordStatus(...given);
    if (this.losesAnswers) throw new PluginError('REGISTRY_UNAVAILABLE', { problem: 'the line went dead' });
  }
}

/** Takes calls, and never answers. */
class SilentRegistry extends FakePluginRegistry {
  isSilent = false;

  override recordStatus(...given: Parameters<FakePluginRegistry['recordStatus']>): Promise<void> {
    return this.isSilent ? new Promise(() => undefined) : super.recordStatus(...given);
  }

  override audit(event: AuditEvent): Promise<void> {
    return this.isSilent ? new Promise(() => undefined) : super.audit(event);
  }
}
