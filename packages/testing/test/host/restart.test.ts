import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { defineCapability, implement, Type } from '@stellaops/plugin-sdk';
import type { PluginHost, PluginHostOptions } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, recordingLogger } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';
import { until } from '../until.ts';

const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: { greet: { request: Type.String(), response: Type.String() } },
});
const id = 'test.mortal';
const restart = { maxRestarts: 2, windowMs: 60_000, firstDelayMs: 1000, longestDelayMs: 5000 };

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** A host with one plugin whose sandbox a test can end. */
async function startMortal(settings: PluginHostOptions) {
  const greeter = implement(Greeter, { greet: async (name) => `Hello, ${name}!` });
  const sandbox = new InMemorySandbox({ [id]: fakePlugin({ id, provides: [greeter] }).plugin });
  const folder = await createPluginPackage({
    manifest: { id, provides: [Greeter] },
    files: { 'dist/plugin.js': '' },
  });
  const [registry, logger] = [new InMemoryPluginRegistry(), recordingLogger()];
  const host = await startHost({
    sandbox,
    registry,
    logger,
    pluginPaths: [folder.directory],
    required: [id],
    ...settings,
  });
  /** Ends it, and waits until all of it is cleared away, and its restart planned if there is one. */
  const crash = async (): Promise<void> => {
    sandbox.crash(id);
    await until(() => statusOf(host, id).state === 'failed');
    await expect(host.whenActive(id)).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
  };
  /** Lets the clock go on until its restart is due. */
  const wait = (): number => {
    const waitMs = Number(statusOf(host, id).restartAt) - Date.now();
    jest.advanceTimersByTime(waitMs);
    return waitMs;
  };
  const dispose = async (): Promise<void> => {
    await host.stop();
    await folder[Symbol.asyncDispose]();
  };
  return { host, registry, logger, crash, wait, [Symbol.asyncDispose]: dispose };
}

const isActive = (host: PluginHost) => (): boolean => host.isActive(id);

describe('a sandbox that ended by itself', () => {
  it('is not started again unless the operator says so', async () => {
    await using mortal = await startMortal({});
    await mortal.crash();
    expect(jest.getTimerCount()).toBe(0);
    expect(statusOf(mortal.host, id)).not.toHaveProperty('restartAt');
  });

  it('is started again after a delay, and whoever holds its handle need not know', async () => {
    await using mortal = await startMortal({ restart });
    const greeter = mortal.host.resolve(Greeter);
    await expect(greeter.greet('world')).resolves.toBe('Hello, world!');
    await mortal.crash();
    await expect(greeter.greet('world')).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
    const dueInMs = Number(statusOf(mortal.host, id).restartAt) - Date.now();
    expect(dueInMs).toBeGreaterThanOrEqual(500);
    expect(dueInMs).toBeLessThanOrEqual(1000);

    jest.advanceTimersByTime(dueInMs - 1);
    await new Promise(setImmediate);
    expect(statusOf(mortal.host, id).state).toBe('failed');
    jest.advanceTimersByTime(1);
    await until(isActive(mortal.host));
    expect(statusOf(mortal.host, id)).toMatchObject({ restarts: 1, crash: { cause: 'crashed' } });
    await expect(greeter.greet('world')).resolves.toBe('Hello, world!');
    expect(mortal.host.resolve(Greeter)).toBe(greeter);
  });

  it('stays failed after as many restarts as the policy allows, and says so, until someone re-scans', async () => {
    await using mortal = await startMortal({ restart });
    for (const _ of [1, 2]) {
      await mortal.crash();
      mortal.wait();
      await until(isActive(mortal.host));
    }
    await mortal.crash();
    await until(() => mortal.logger.lines.some(({ message }) => message.includes('stays failed')));
    expect(jest.getTimerCount()).toBe(0);
    expect(statusOf(mortal.host, id)).toMatchObject({
      state: 'failed',
      restarts: 2,
      error: { code: 'SANDBOX_EXITED' },
    });
    const events = (await mortal.registry.auditTrail({ pluginId: id })).map(({ event }) => event);
    expect(events.filter((event) => event === 'plugin.activated')).toHaveLength(3);
    expect(events.filter((event) => event === 'plugin.failed')).toHaveLength(3);

    await mortal.host.rescan();
    expect(mortal.host.isActive(id)).toBe(true);
    expect(statusOf(mortal.host, id)).not.toHaveProperty('restarts');
  });

  it('is not started again when its host was stopped in the meantime, or a re-scan was faster', async () => {
    const stopped = await startMortal({ restart });
    await stopped.crash();
    await stopped[Symbol.asyncDispose]();
    expect(jest.getTimerCount()).toBe(0);

    await using rescanned = await startMortal({ restart });
    await rescanned.crash();
    await rescanned.host.rescan();
    jest.advanceTimersByTime(1000);
    await new Promise(setImmediate);
    expect(statusOf(rescanned.host, id)).not.toHaveProperty('restarts');
  });

  it('is started again at the same times whenever the same happens, and at others on another host', async () => {
    const waits = async (hostId: string): Promise<number[]> => {
      await using mortal = await startMortal({ restart, hostId });
      const waited: number[] = [];
      for (const _ of [1, 2]) {
        await mortal.crash();
        waited.push(mortal.wait());
        await until(isActive(mortal.host));
      }
      return waited;
    };
    const first = await waits('host-1');
    await expect(waits('host-1')).resolves.toEqual(first);
    await expect(waits('host-2')).resolves.not.toEqual(first);
  });

  it('counts a restart that fails as one', async () => {
    await using mortal = await startMortal({ restart });
    await mortal.crash();
    jest
      .spyOn(mortal.registry, 'register')
      .mockRejectedValueOnce(
        new PluginError('REGISTRY_CONFLICT', { pluginId: id, version: '1.0.0', problem: 'it is disabled' }),
      );
    mortal.wait();
    await until(() => statusOf(mortal.host, id).error?.code === 'REGISTRY_CONFLICT');
    await until(() => statusOf(mortal.host, id).restartAt !== undefined);
    mortal.wait();
    await until(isActive(mortal.host));
    expect(statusOf(mortal.host, id).restarts).toBe(2);
  });

  it('may be started again for one plugin alone', async () => {
    await using mortal = await startMortal({ restart: {}, perPlugin: { [id]: { restart: false } } });
    await mortal.crash();
    expect(jest.getTimerCount()).toBe(0);
  });
});
