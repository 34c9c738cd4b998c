import { describe, expect, it } from '@jest/globals';
import {
  defineCapability,
  PluginError,
  type CapabilityApi,
  type MethodContracts,
  type Plugin,
  type PluginContext,
} from '@stellaops/plugin-abstractions';
import {
  isolationShortfall,
  noIsolation,
  type IsolationFinding,
  type IsolationReport,
  type SandboxUsage,
} from '@stellaops/plugin-abstractions/hosting';
import type { PluginInstance } from '../../src/lifecycle/hosted-plugin.ts';
import { SandboxGroup } from '../../src/lifecycle/instances/sandbox-group.ts';
import { totalUsage } from '../../src/lifecycle/instances/total-usage.ts';
import { weakestIsolation } from '../../src/lifecycle/instances/weakest-isolation.ts';
import type { Step } from '../../src/lifecycle/lifecycle-step.ts';

const { signal } = new AbortController();
const descriptor = {
  info: { id: 'test.group', name: 'Group', version: '1.0.0', trustLevel: 'untrusted' },
  capabilities: { provides: [], requires: [] },
} as const;
const context = {} as PluginContext; // nobody looks at it
const atOnce: Step = (_, work) => work(signal);
const died = new PluginError('SANDBOX_EXITED', { pluginId: 'test.group', problem: 'it died' });

const Work = defineCapability({
  id: 'Work',
  version: 1,
  methods: { do: { request: { type: 'null' }, response: { type: 'null' } } },
});

/** Answers when the test does. */
const answering = (calls: PromiseWithResolvers<null>[]): CapabilityApi<typeof Work.methods> => ({
  do: () => {
    const call = Promise.withResolvers<null>();
    calls.push(call);
    return call.promise;
  },
});

/** A sandbox that a test can end, and whose usage it sets. */
class FakeSandbox implements PluginInstance {
  readonly #ended = Promise.withResolvers<PluginError | undefined>();
  readonly ended = this.#ended.promise;
  used: SandboxUsage = {};
  isDisposed = false;
  /** Calls that it was given and has not answered. */
  readonly calls: PromiseWithResolvers<null>[] = [];
  isKnownToEnd = false;
  disposed = Promise.resolve();
  readonly plugin: Plugin = {
    ...descriptor,
    initialize: () => Promise.resolve(),
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    api: <Methods extends MethodContracts>() => answering(this.calls) as unknown as CapabilityApi<Methods>, // of Work alone
  };
  readonly isEnding = (): boolean => this.isKnownToEnd;

  readonly usage = (): Promise<SandboxUsage> => Promise.resolve(this.used);

  die(): void {
    this.#ended.resolve(died);
  }

  dispose(): Promise<void> {
    this.isDisposed = true;
    this.#ended.resolve(undefined);
    return this.disposed;
  }
}

/** A group of these, and what it told. */
async function launchGroup(sandboxes: FakeSandbox[]) {
  const lost: PluginError[] = [];
  const waiting = [...sandboxes];
  const launch = (): Promise<PluginInstance> => {
    const next = waiting.shift();
    return next ? Promise.resolve(next) : Promise.reject(died);
  };
  const parts = { descriptor, wanted: 2, launch, onLost: (error: PluginError) => lost.push(error) };
  const group = await SandboxGroup.launch(
    { ...parts, disposeTimeoutMs: 20, closed: () => undefined },
    signal,
  );
  return { group, lost };
}

const started = async ({ plugin }: SandboxGroup): Promise<void> => {
  await plugin.initialize(context, signal);
  await plugin.start(signal);
};

describe('several sandboxes of one plugin', () => {
  it('are none when one cannot be launched', async () => {
    const only = new FakeSandbox();
    await expect(launchGroup([only])).rejects.toBe(died);
    expect(only.isDisposed).toBe(true);
  });

  it('have ended when one ends that has not started yet', async () => {
    const [first, second] = [new FakeSandbox(), new FakeSandbox()];
    const { group, lost } = await launchGroup([first, second]);
    await group.plugin.initialize(context, signal);
    second.die();
    await expect(group.ended).resolves.toBe(died);
    expect(lost).toEqual([]);
    await group.dispose();
    expect([first.isDisposed, second.isDisposed]).toEqual([true, true]);
  });

  it('count what they used together, and what one that is gone had used stays counted', async () => {
    const [first, second] = [new FakeSandbox(), new FakeSandbox()];
    const { group, lost } = await launchGroup([first, second]);
    await started(group);
    first.used = { memoryBytes: 10, cpuMs: 100, sentBytes: 7 };
    second.used = { memoryBytes: 20, cpuMs: 50, sentBytes: 3 };
    await expect(group.usage()).resolves.toMatchObject({ memoryBytes: 30, cpuMs: 150, sentBytes: 10 });
    first.die();
    await first.ended;
    await Promise.resolve();
    expect(lost).toEqual([died]);
    expect(first.isDisposed).toBe(true);
    await expect(group.usage()).resolves.toMatchObject({ memoryBytes: 20, cpuMs: 150, sentBytes: 10 });
    await group.dispose();
  });

  it('are given no call by which its end is known already, though it be the least busy', async () => {
    const sandboxes = [new FakeSandbox(), new FakeSandbox()] as const;
    const [first, second] = sandboxes;
    const { group } = await launchGroup([...sandboxes]);
    await started(group);
    const work = group.plugin.api(Work) ?? answering([]);
    const calls = [work.do(null), work.do(null)];
    await Promise.resolve();
    expect([first.calls.length, second.calls.length, group.answering]).toEqual([1, 1, 2]);
    first.isKnownToEnd = true;
    first.calls[0]?.reject(died);
    await expect(calls[0]).rejects.toBe(died);
    calls.push(work.do(null), work.do(null));
    await Promise.resolve();
    expect([first.calls.length, second.calls.length, group.answering]).toEqual([1, 3, 1]);
    for (const { resolve } of second.calls) resolve(null);
    await Promise.all(calls.slice(1));
    second.isKnownToEnd = true;
    const last = work.do(null);
    for (const { calls: given } of sandboxes) given.at(-1)?.reject(died);
    await expect(last).rejects.toBe(died);
    expect([group.answering, group.running]).toEqual([1, 2]);
    await group.dispose();
  });

  it('do not wait for the end of one that was to take the place of another, and did not come up', async () => {
    const [first, second, stuck] = [new FakeSandbox(), new FakeSandbox(), new FakeSandbox()];
    const { group } = await launchGroup([first, second, stuck]);
    await started(group);
    first.die();
    await first.ended;
    await Promise.resolve();
    const ending = Promise.withResolvers<void>();
    stuck.disposed = ending.promise;
    const replaced = group.replaceLost((phase, work) =>
      phase === 'start' ? Promise.reject(died) : atOnce(phase, work),
    );
    await expect(replaced).rejects.toBe(died);
    expect(stuck.isDisposed).toBe(true);
    ending.resolve();
    await group.dispose();
  });

  it('end with one that was still to take the place of another', async () => {
    const [first, second, late] = [new FakeSandbox(), new FakeSandbox(), new FakeSandbox()];
    const { group } = await launchGroup([first, second, late]);
    await started(group);
    first.die();
    await first.ended;
    await Promise.resolve();
    const isStarting = Promise.withResolvers<void>();
    const letStart = Promise.withResolvers<void>();
    const replaced = group.replaceLost(async (phase, work) => {
      if (phase === 'start') {
        isStarting.resolve();
        await letStart.promise;
      }
      return atOnce(phase, work);
    });
    void replaced.catch(() => undefined);
    await isStarting.promise;
    await group.dispose();
    expect(late.isDisposed).toBe(true);
    letStart.resolve();
    await expect(replaced).rejects.toThrow('the plugin has ended');
    expect(group.running).toBe(1);
  });
});

describe('what is said of several sandboxes together', () => {
  it('is undefined where nothing counts in any of them', () => {
    expect(totalUsage([{ cpuMs: 1 }, {}])).toMatchObject({ cpuMs: 1, memoryBytes: undefined });
  });

  it('is of each aspect of isolation the weakest that was seen', () => {
    const saw = (held: boolean): IsolationFinding['evidence'] => [
      { source: 'runner', tried: 'to connect', saw: 'an answer', held },
    ];
    const report = (network: IsolationFinding, memory: IsolationFinding): IsolationReport => {
      const none = noIsolation('fake');
      return { ...none, aspects: { ...none.aspects, network, memory } };
    };
    const held: IsolationFinding = { state: 'enforced', by: [], evidence: saw(true) };
    const broken: IsolationFinding = { state: 'enforced', by: [], evidence: saw(false) };
    const degraded: IsolationFinding = { state: 'degraded', by: [], evidence: saw(true) };
    const both = weakestIsolation(report(held, degraded), [report(broken, held), report(degraded, held)]);
    expect(both.aspects).toMatchObject({ network: broken, memory: degraded });
    expect(isolationShortfall(both, ['network'])).toContain('to connect');
    expect(isolationShortfall(weakestIsolation(report(held, held), []), ['network', 'memory'])).toBe(
      undefined,
    );
  });
});
