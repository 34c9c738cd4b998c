import { describe, expect, it } from '@jest/globals';
import type { CatalogueNotice, FleetMembership } from '@stellaops/plugin-abstractions/hosting';
import { fakePlugin, FakePluginRegistry, recordingLogger } from '../../src/index.ts';
import { until } from '../until.ts';
import { startFleetHost } from './fleet-host.ts';

type Given<Name extends 'join' | 'hosts' | 'desiredStates'> = Parameters<FakePluginRegistry[Name]>;

/** Never answers what it is told not to, until it shall again. */
class SilentRegistry extends FakePluginRegistry {
  readonly silent = new Set<string>();
  #answers = Promise.withResolvers<void>();

  speak(): void {
    this.silent.clear();
    this.#answers.resolve();
    this.#answers = Promise.withResolvers();
  }

  override async join(...given: Given<'join'>): Promise<FleetMembership> {
    await this.#heard('join');
    const { incarnation, ...place } = await super.join(...given);
    const silently =
      (name: keyof typeof place) =>
      async <Result>(work: () => Promise<Result>): Promise<Result> => {
        await this.#heard(name);
        return work();
      };
    return {
      incarnation,
      heartbeat: () => silently('heartbeat')(() => place.heartbeat()),
      report: (instances) => silently('report')(() => place.report(instances)),
      leave: () => silently('leave')(() => place.leave()),
    };
  }

  override async hosts(...given: Given<'hosts'>) {
    await this.#heard('hosts');
    return super.hosts(...given);
  }

  override async desiredStates(...given: Given<'desiredStates'>) {
    await this.#heard('desiredStates');
    return super.desiredStates(...given);
  }

  override async *watch(signal: AbortSignal): AsyncGenerator<CatalogueNotice> {
    yield* super.watch(signal);
    await this.#heard('watch');
  }

  async #heard(call: string): Promise<void> {
    if (this.silent.has(call)) await this.#answers.promise;
  }
}

const cannotSay = 'the host cannot say in the fleet how it is; it tries again';
const soon = { heartbeatIntervalMs: 10, lostAfterMs: 1_000 };
const timeouts = { registryTimeoutMs: 50 };

function silentFleet() {
  const [registry, logger] = [new SilentRegistry(), recordingLogger()];
  const isSaid = (text: string): boolean => logger.lines.some(({ message }) => message === text);
  const options = { registry, logger, timeouts, fleet: soon, builtIn: [fakePlugin()] };
  return { registry, options, isSaid };
}

describe('a registry of a fleet that never answers', () => {
  it('when a host takes its place does not keep it from starting, and gives the place later', async () => {
    const { registry, options, isSaid } = silentFleet();
    registry.silent.add('join');
    await using host = await startFleetHost('host-1', options);
    expect(isSaid(cannotSay)).toBe(true);
    expect(host.isActive('test.fake')).toBe(true);
    registry.speak();
    await until(() => isSaid('the host has its place in the fleet again'));
    await until(async () => (await registry.hosts())[0]?.instances[0]?.state === 'active');
  });

  it('when a host asks who has its id does not keep it from starting', async () => {
    const { registry, options, isSaid } = silentFleet();
    await using _ = await startFleetHost('host-1', {
      ...options,
      fleet: { ...soon, lostAfterMs: 3_600_000 },
    });
    registry.silent.add('hosts');
    await using second = await startFleetHost('host-1', options);
    expect(isSaid(cannotSay)).toBe(true);
    expect(second.isActive('test.fake')).toBe(true);
    registry.speak();
  });

  it('to a heartbeat is asked again, and does not keep the host from stopping', async () => {
    const { registry, options, isSaid } = silentFleet();
    await using host = await startFleetHost('host-1', options);
    registry.silent.add('heartbeat');
    await until(() => isSaid(cannotSay));
    await host.stop();
    expect(await registry.hosts()).toEqual([]);
  });

  it('when a host says how its plugins are is asked again', async () => {
    const { registry, options, isSaid } = silentFleet();
    registry.silent.add('join').add('report');
    await using _ = await startFleetHost('host-1', options);
    registry.silent.delete('join');
    await until(async () => (await registry.hosts()).length === 1);
    expect(await registry.hosts()).toMatchObject([{ instances: [] }]);
    registry.speak();
    await until(() => isSaid('the host has its place in the fleet again'));
    expect(await registry.hosts()).toMatchObject([{ instances: [{ pluginId: 'test.fake' }] }]);
  });

  it('when a host gives up its place does not keep it from stopping', async () => {
    const { registry, options, isSaid } = silentFleet();
    const host = await startFleetHost('host-1', options);
    registry.silent.add('leave');
    await host.stop();
    expect(isSaid(cannotSay)).toBe(true);
  });

  it('what operators want is asked again, and does not keep the host from stopping', async () => {
    const { registry, options, isSaid } = silentFleet();
    registry.silent.add('desiredStates');
    const host = await startFleetHost('host-1', options);
    await until(() => isSaid('the host could not read what operators want; it tries again'));
    await host.stop();
    expect(await registry.hosts()).toEqual([]);
  });
});

describe('a watch', () => {
  it('that does not end with its signal does not keep the host from stopping, and is told of', async () => {
    const { registry, options, isSaid } = silentFleet();
    const host = await startFleetHost('host-1', options);
    registry.silent.add('watch');
    await host.stop();
    expect(isSaid('the registry did not end the watch of this host')).toBe(true);
  });

  it('that ends before its time is told of, and the host looks by itself', async () => {
    const { registry, options, isSaid } = silentFleet();
    registry.watch = () => {
      throw new Error('no channel');
    };
    const fleet = { ...soon, reconcileIntervalMs: 20 };
    await using host = await startFleetHost('host-1', { ...options, fleet });
    expect(isSaid('the host is no longer told of what operators want')).toBe(true);
    await registry.disable('test.fake', { actor: 'user:ada', hostId: 'console-1' });
    await until(() => !host.isActive('test.fake'));
  });
});
