import type { Plugin, PluginDescriptor, PluginError } from '@stellaops/plugin-abstractions';
import type { IsolationReport, SandboxUsage } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../../deadline.ts';
import type { PluginInstance } from '../hosted-plugin.ts';
import type { Step } from '../lifecycle-step.ts';
import { allDone } from './all-done.ts';
import { launchAll, type Launch } from './launch-all.ts';
import { Member } from './member.ts';
import { Members } from './members.ts';
import { SharedPlugin } from './shared-plugin.ts';
import { countersOf, totalUsage } from './total-usage.ts';
import { weakestIsolation } from './weakest-isolation.ts';

/** What a group is made of. */
export interface GroupParts {
  readonly descriptor: PluginDescriptor;
  /** How many sandboxes there shall be. */
  readonly wanted: number;
  readonly launch: Launch;
  /** How long the end of one may take that was to replace another and did not come up. */
  readonly disposeTimeoutMs: number;
  /** Told of a sandbox that ended by itself while others go on. */
  readonly onLost: (error: PluginError) => void;
  /** Told that it is being disposed. */
  readonly closed: () => void;
}

/** Several sandboxes of one plugin, as one instance. It has ended when the last of them has, or one that had not yet started. */
export class SandboxGroup implements PluginInstance {
  readonly plugin: Plugin;
  readonly #parts: GroupParts;
  readonly #shared: SharedPlugin;
  readonly #members: Members;
  /** Every sandbox that must be disposed, those that still start included. */
  readonly #instances = new Set<PluginInstance>();
  readonly #launches = new Set<Promise<unknown>>();
  readonly #ended = Promise.withResolvers<PluginError | undefined>();
  readonly #closing = new AbortController();
  #usageOfGone: SandboxUsage = {};

  private constructor(parts: GroupParts, instances: readonly [PluginInstance, ...PluginInstance[]]) {
    const [first, ...others] = instances;
    this.#parts = parts;
    this.#members = new Members([new Member(first), ...others.map((instance) => new Member(instance))]);
    this.plugin = this.#shared = new SharedPlugin(parts.descriptor, this.#members);
    for (const member of this.#members) this.#follow(member);
  }

  /** Rejects with what the first of them failed of that did, when all are gone again. */
  static async launch(parts: GroupParts, signal: AbortSignal): Promise<SandboxGroup> {
    return new SandboxGroup(parts, await launchAll(parts.wanted, parts.launch, signal));
  }

  get running(): number {
    return this.#members.count;
  }

  get answering(): number {
    return this.#members.answering;
  }

  get processId(): number | undefined {
    return this.processIds[0];
  }

  get processIds(): readonly number[] {
    const processIds = [...this.#members].map(({ instance }) => instance.processId);
    return processIds.filter((processId) => processId !== undefined).toSorted((one, other) => one - other);
  }

  get isolation(): IsolationReport | undefined {
    const reports = [...this.#members].map(({ instance }) => instance.isolation);
    const [first, ...others] = reports.filter((report) => report !== undefined);
    return first && weakestIsolation(first, others);
  }

  get ended(): Promise<PluginError | undefined> {
    return this.#ended.promise;
  }

  readonly usage = async (): Promise<SandboxUsage> => {
    await Promise.all([...this.#members].map(readUsage));
    return totalUsage([this.#usageOfGone, ...[...this.#members].map(({ lastUsage }) => lastUsage)]);
  };

  /** Starts a sandbox for each that is gone. Rejects with what one of them failed of, when all have started or failed. */
  async replaceLost(step: Step): Promise<void> {
    const missing = this.#parts.wanted - this.#members.count;
    await allDone(Array.from({ length: missing }, () => this.#replaceOne(step)));
  }

  async dispose(): Promise<void> {
    this.#closing.abort(new Error('the plugin has ended'));
    this.#parts.closed();
    const launches = [...this.#launches].map((launch) => launch.catch(() => undefined)); // they have been given up
    await allDone([...launches, ...[...this.#instances].map((instance) => this.#disposeOne(instance))]);
    this.#ended.resolve(undefined);
  }

  async #replaceOne(step: Step): Promise<void> {
    const closing = this.#closing.signal;
    const [instance] = await step('load', (signal) => this.#launch(AbortSignal.any([signal, closing])));
    this.#instances.add(instance);
    try {
      closing.throwIfAborted();
      await this.#shared.catchUp(instance.plugin, step);
      closing.throwIfAborted();
    } catch (error) {
      await this.#giveUp(instance);
      throw error;
    }
    const member = new Member(instance);
    this.#members.add(member);
    this.#follow(member);
  }

  #launch(signal: AbortSignal): ReturnType<typeof launchAll> {
    const launch = launchAll(1, this.#parts.launch, signal);
    this.#launches.add(launch);
    const forget = (): void => void this.#launches.delete(launch);
    launch.then(forget, forget);
    return launch;
  }

  #follow(member: Member): void {
    this.#instances.add(member.instance);
    void member.instance.ended?.then((error) => this.#lose(member, error));
  }

  /** The last one stays, and tells whoever calls it why it is gone. */
  #lose(member: Member, error: PluginError | undefined): void {
    if (!error || this.#closing.signal.aborted) return;
    if (this.#members.count === 1 || !this.#shared.isStarted) return this.#ended.resolve(error);
    this.#members.remove(member);
    this.#usageOfGone = totalUsage([this.#usageOfGone, countersOf(member.lastUsage)]);
    void this.#disposeOne(member.instance).catch(() => this.#instances.add(member.instance)); // tried again at the end
    this.#parts.onLost(error);
  }

  /** One that does not end in time is ended with the others. */
  async #giveUp(instance: PluginInstance): Promise<void> {
    const { disposeTimeoutMs: timeoutMs } = this.#parts;
    const late = (): Error => new Error(`it took more than ${timeoutMs} ms (timeouts.disposeTimeoutMs)`);
    const disposing = (): Promise<void> => this.#disposeOne(instance);
    await withDeadline({ timeoutMs, timedOut: late, cancelled: late }, disposing).catch(() =>
      this.#instances.add(instance),
    );
  }

  async #disposeOne(instance: PluginInstance): Promise<void> {
    if (this.#instances.delete(instance)) await instance.dispose();
  }
}

/** One that is just ending keeps what it said last. */
async function readUsage(member: Member): Promise<void> {
  const usage = await member.instance.usage?.().catch(() => undefined);
  if (usage) member.lastUsage = usage;
}
