import type { Capability, CapabilityApi, MethodContracts, TSchema } from '@stellaops/plugin-abstractions';
import { explainPackage, type Explanation } from './admission/explain.ts';
import { untilAborted } from './deadline.ts';
import type { ProviderQuery } from './dispatch/provider-fitness.ts';
import type { Provider, Resolver } from './dispatch/resolver.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { CallLedger } from './dispatch/call-statistics.ts';
import type { CompleteOptions } from './host-options.ts';
import type { HostInspection } from './inspection/host-inspection.ts';
import { inspectHost } from './inspection/inspect-host.ts';
import type { RegistryWriter } from './journal/registry-writer.ts';
import { isShort, packageDirectoryOf } from './lifecycle/hosted-plugin.ts';
import type { PluginChanges } from './lifecycle/plugin-changes.ts';
import type { PluginStatus, PluginTable } from './lifecycle/plugin-table.ts';
import type { Reconciler } from './lifecycle/reconciler.ts';
import type { HostHealth, PluginHost } from './plugin-host.ts';

/** The parts of a host. */
export interface HostParts {
  readonly options: CompleteOptions;
  /** Aborted when the host is told to stop. */
  readonly stopping: AbortController;
  readonly table: PluginTable;
  readonly ledger: CallLedger;
  readonly changes: PluginChanges;
  readonly reconciler: Reconciler;
  /** Missing where the registry is for this host alone. */
  readonly fleet: Fleet | undefined;
  readonly resolver: Resolver;
  /** Missing for a host without a registry. */
  readonly writer: RegistryWriter | undefined;
  /** The packages whose code was imported into this process. */
  readonly imported: ReadonlySet<string>;
  /** What `engines.host` of a manifest is about. */
  readonly hostVersion: string;
  /** Told when the host has stopped. */
  readonly onStopped: () => void;
}

/** A host at work. Re-scans and the stop of the host wait for each other. */
export class RunningHost implements PluginHost {
  readonly #parts: HostParts;
  #changes: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  resolve<Methods extends MethodContracts, Parameters extends TSchema>(
    capability: Capability<Methods, Parameters>,
    query?: ProviderQuery<Parameters>,
  ): CapabilityApi<Methods> {
    return this.#parts.resolver.one(capability, query);
  }

  resolveAll<Methods extends MethodContracts, Parameters extends TSchema>(
    capability: Capability<Methods, Parameters>,
    query?: ProviderQuery<Parameters>,
  ): readonly Provider<Methods>[] {
    return this.#parts.resolver.all(capability, query);
  }

  plugins(): readonly PluginStatus[] {
    return this.#parts.table.status();
  }

  isActive(pluginId: string): boolean {
    return this.#parts.table.notActive(pluginId) === undefined;
  }

  whenActive(pluginId: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return untilAborted(signal, () => this.#whenActive(pluginId));
  }

  health(): HostHealth {
    const { table } = this.#parts;
    const plugins = this.plugins();
    const registry = this.#parts.writer?.health();
    const isDegraded =
      plugins.some(({ state }) => state === 'failed') ||
      table.everyVersion().some(isShort) ||
      registry?.away !== undefined ||
      registry?.full !== undefined;
    const status = this.requiredProblem() !== undefined ? 'failed' : isDegraded ? 'degraded' : 'healthy';
    const unusedModules = this.#countUnusedModules();
    return { status, plugins, ...(registry && { registry }), ...(unusedModules > 0 && { unusedModules }) };
  }

  inspect(): Promise<HostInspection> {
    const { table, ledger, options } = this.#parts;
    return inspectHost({ hostId: options.hostId, table, ledger, health: this.health() });
  }

  rescan(): Promise<void> {
    return this.#change(async () => {
      if (!this.#stopped) await this.#parts.reconciler.reconcile();
    });
  }

  explain(directory: string): Promise<Explanation> {
    const { options, hostVersion } = this.#parts;
    const { admitTimeoutMs: timeoutMs } = options.timeouts;
    return explainPackage(directory, { trust: options.trust, hostVersion, timeoutMs });
  }

  stop(): Promise<void> {
    this.#parts.stopping.abort(new Error('the host stops'));
    return (this.#stopped ??= this.#change(() => this.#stop()).finally(() => this.#parts.onStopped()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Which required plugins can take no calls, and why; `undefined` when all can. */
  requiredProblem(): string | undefined {
    const { options, table } = this.#parts;
    const problems = options.required
      .filter((id) => !this.isActive(id) && !table.get(id)?.isWaiting)
      .map((id) => `${id}: ${table.errorOf(id)?.message ?? 'it was not found.'}`);
    return problems.length > 0 ? problems.join(' ') : undefined;
  }

  async #stop(): Promise<void> {
    const { fleet, reconciler, writer } = this.#parts;
    await fleet?.rest();
    await reconciler.stopAll();
    await writer?.close();
    await fleet?.leave();
  }

  async #whenActive(pluginId: string): Promise<void> {
    const { table, changes } = this.#parts;
    if (!table.get(pluginId)) await this.#changes;
    await (changes.awaken(pluginId) ?? changes.settled(pluginId));
    const problem = table.notActive(pluginId);
    if (problem) throw table.errorOf(pluginId) ?? problem;
  }

  /** One change at a time; one that fails does not stop the next. */
  #change(work: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  #countUnusedModules(): number {
    const { table, imported } = this.#parts;
    const running = table.everyVersion().filter(({ instance }) => instance !== undefined);
    const used = new Set(running.map(({ admitted }) => packageDirectoryOf(admitted)));
    return [...imported].filter((directory) => !used.has(directory)).length;
  }
}
