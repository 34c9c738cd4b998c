import {
  isPluginError,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
  type PluginTrustLevel,
} from '@stellaops/plugin-abstractions';
import type { RefusedPackage } from './admission/examine-package.ts';
import { explainPackage, type Explanation } from './admission/explain.ts';
import type { Provider, Resolver } from './dispatch/resolver.ts';
import type { CompleteOptions } from './host-options.ts';
import { HostedPlugin, type AdmittedPlugin } from './lifecycle/hosted-plugin.ts';
import { inParallel } from './lifecycle/in-parallel.ts';
import type { PluginStarter } from './lifecycle/plugin-starter.ts';
import type { PluginStatus, PluginTable } from './lifecycle/plugin-table.ts';
import { Restarts } from './lifecycle/restarts.ts';
import { scan } from './lifecycle/scan.ts';
import type { Recorder } from './observability/recorder.ts';
import type { HostHealth, PluginHost } from './plugin-host.ts';
import type { StateDirectory } from './state-directory.ts';

/** The parts of a host. */
export interface HostParts {
  readonly options: CompleteOptions;
  readonly state: StateDirectory;
  /** Aborted when the host is told to stop. */
  readonly stopping: AbortController;
  readonly table: PluginTable;
  readonly recorder: Recorder;
  readonly starter: PluginStarter;
  readonly resolver: Resolver;
  /** What `engines.host` of a manifest is about. */
  readonly hostVersion: string;
  readonly linkedTrustLevel: PluginTrustLevel;
}

/** A host at work. Changes of its plugins wait for each other. */
export class RunningHost implements PluginHost {
  readonly #parts: HostParts;
  #changes: Promise<void> = Promise.resolve();
  readonly #restarts: Restarts;
  #stopped: Promise<void> | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#restarts = new Restarts(parts.recorder, (plugin) => this.#change(() => this.#restart(plugin)));
  }

  resolve<Methods extends MethodContracts>(
    capability: Capability<Methods>,
    options: { readonly pluginId?: string } = {},
  ): CapabilityApi<Methods> {
    return this.#parts.resolver.one(capability, options.pluginId);
  }

  resolveAll<Methods extends MethodContracts>(capability: Capability<Methods>): readonly Provider<Methods>[] {
    return this.#parts.resolver.all(capability);
  }

  plugins(): readonly PluginStatus[] {
    return this.#parts.table.status();
  }

  isActive(pluginId: string): boolean {
    return this.#parts.table.notActive(pluginId) === undefined;
  }

  health(): HostHealth {
    const plugins = this.plugins();
    const isDegraded = plugins.some(({ state }) => state === 'failed');
    const status = this.requiredProblem() !== undefined ? 'failed' : isDegraded ? 'degraded' : 'healthy';
    return { status, plugins };
  }

  rescan(): Promise<void> {
    return this.#change(() => this.#rescan());
  }

  explain(directory: string): Promise<Explanation> {
    const { options, hostVersion } = this.#parts;
    return explainPackage(directory, { trust: options.trust, hostVersion });
  }

  stop(): Promise<void> {
    this.#parts.stopping.abort(new Error('the host stops'));
    return (this.#stopped ??= this.#change(() => this.#stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Plans a restart of a plugin whose instance ended by itself, where its settings ask for it. */
  crashed(plugin: HostedPlugin): void {
    if (!this.#stopped) this.#restarts.plan(plugin);
  }

  /** Which required plugins are not active, and why; `undefined` when all are. */
  requiredProblem(): string | undefined {
    const { options, table } = this.#parts;
    const problems = options.required
      .filter((id) => !this.isActive(id))
      .map(
        (id) =>
          `${id}: ${table.status().find((status) => status.id === id)?.error?.message ?? 'it was not found.'}`,
      );
    return problems.length > 0 ? problems.join(' ') : undefined;
  }

  /** One change at a time; one that fails does not stop the next. */
  #change(work: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  async #rescan(): Promise<void> {
    if (this.#stopped) return;
    const { options, state, table, starter, hostVersion, linkedTrustLevel } = this.#parts;
    const found = await scan({ options, state, hostVersion, linkedTrustLevel });
    table.forgetRefusals();
    for (const path of found.missing)
      options.logger.warn({ path }, 'a plugin path does not exist and is skipped');
    for (const refusal of found.refused) await this.#refuse(refusal);
    const ids = new Set(found.admitted.map(({ manifest }) => manifest.id));
    for (const plugin of table.all().filter(({ id }) => !ids.has(id))) {
      await starter.bringDown(plugin);
      table.remove(plugin.id);
    }
    await inParallel(found.admitted, options.maxParallelStarts, (admitted) => this.#bringUpToDate(admitted));
    table.order([...ids]);
  }

  async #bringUpToDate(admitted: AdmittedPlugin): Promise<void> {
    const { table, recorder, starter } = this.#parts;
    const known = table.get(admitted.manifest.id);
    const isSame =
      known?.admitted.digest === admitted.digest && known.admitted.trustLevel === admitted.trustLevel;
    if (known?.state === 'active' && isSame) return;
    const plugin = new HostedPlugin(admitted, this.#parts.options.settingsOf(admitted.manifest.id));
    if (known?.state === 'active') {
      // What the registry refuses must not take down what runs.
      try {
        await recorder.registered(plugin);
      } catch (error) {
        if (!isPluginError(error)) throw error;
        return this.#refuse({ ...admitted, error });
      }
      await starter.bringDown(known);
    }
    table.put(plugin);
    await starter.bringUp(plugin);
  }

  /** A re-scan may have been faster, or the host may have stopped in the meantime. */
  async #restart(plugin: HostedPlugin): Promise<void> {
    const { table, recorder, starter } = this.#parts;
    if (this.#stopped || table.get(plugin.id) !== plugin || plugin.state !== 'failed') return;
    plugin.restartedAt.push(Date.now());
    recorder.restarting(plugin);
    await starter.bringUp(plugin);
    if (plugin.state === 'failed') this.crashed(plugin);
  }

  async #refuse(refusal: RefusedPackage): Promise<void> {
    const { source, error, manifest } = refusal;
    this.#parts.table.refuse(refusal);
    const known = manifest ? { pluginId: manifest.id, version: manifest.version } : {};
    await this.#parts.recorder.refused(source, error, known);
  }

  async #stop(): Promise<void> {
    const { table, starter, state } = this.#parts;
    this.#restarts.close();
    for (const plugin of table.all().toReversed()) await starter.bringDown(plugin);
    await state.close();
  }
}
