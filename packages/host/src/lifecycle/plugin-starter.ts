import type { PluginContext, PluginError } from '@stellaops/plugin-abstractions';
import type { FailureAttribution } from '../containment/failure-attribution.ts';
import type { ServiceDesk } from '../dispatch/service-desk.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { Recorder } from '../observability/recorder.ts';
import type { StateDirectory } from '../state-directory.ts';
import { Bound } from './bound.ts';
import { checkedConfig } from './checked-config.ts';
import type { HostedPlugin, PluginInstance } from './hosted-plugin.ts';
import { instantiate } from './instantiate.ts';
import { lifecycleStep, type Phase, type Step } from './lifecycle-step.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';
import type { PluginStopper } from './plugin-stopper.ts';

/** What plugins are started with. */
export interface StarterParts {
  readonly options: CompleteOptions;
  readonly lifecycle: PluginLifecycle;
  readonly recorder: Recorder;
  readonly stopper: PluginStopper;
  readonly services: ServiceDesk;
  readonly state: StateDirectory;
  /** Told of a plugin whose instance ended by itself. */
  readonly onEnded: (plugin: HostedPlugin, error: PluginError) => void;
  /** Told of a plugin of whose sandboxes one ended by itself, while others go on. */
  readonly onLost: (plugin: HostedPlugin, error: PluginError) => void;
  /** Where code in this process is known by its plugin. */
  readonly attribution?: FailureAttribution | undefined;
  /** Aborted when the host stops: no plugin comes up any more. */
  readonly stopping: AbortSignal;
}

/** Brings plugins up, each step within its deadline. What fails is marked as failed, and nothing is thrown. */
export class PluginStarter {
  readonly #parts: StarterParts;
  readonly #loads: Bound;
  readonly #imported = new Set<string>();

  constructor(parts: StarterParts) {
    this.#parts = parts;
    this.#loads = new Bound(parts.options.maxParallelStarts);
  }

  /** Packages whose code was imported into this process, where it stays, used or not. */
  get imported(): ReadonlySet<string> {
    return this.#imported;
  }

  /** From admission to `active`, or to `failed`; to `shutdown` when the host stops in the meantime. */
  async bringUp(plugin: HostedPlugin): Promise<void> {
    const { lifecycle, stopper, stopping, attribution } = this.#parts;
    if (stopping.aborted) return;
    if (attribution && plugin.admitted.trustLevel !== 'untrusted')
      plugin.enter = (work) => attribution.run(plugin, work);
    plugin.ending = new AbortController();
    plugin.hasCrashed = false;
    const loads: Promise<PluginInstance>[] = [];
    try {
      await this.#start(plugin, loads);
    } catch (error) {
      await this.#untilGone(plugin, loads);
      if (stopping.aborted) return stopper.bringDown(plugin, 'the host stops');
      await stopper.undo(plugin);
      await lifecycle.fail(plugin, error);
    }
  }

  /** Starts a sandbox of an active plugin for each that is gone. What keeps one from starting is logged. */
  async replaceLost(plugin: HostedPlugin): Promise<void> {
    const step: Step = (phase, work) =>
      phase === 'load'
        ? this.#loads.run(() => this.#step(plugin, phase, work))
        : this.#step(plugin, phase, work);
    await plugin.instance?.replaceLost?.(step).catch((error: unknown) => {
      if (plugin.state === 'active') this.#parts.recorder.notReplaced(plugin, error);
    });
  }

  async #start(plugin: HostedPlugin, loads: Promise<PluginInstance>[]): Promise<void> {
    const { options, lifecycle, recorder, services: desk, state } = this.#parts;
    const startedAt = performance.now();
    await lifecycle.enter(plugin, 'loading');
    const config = checkedConfig(plugin, options.config[plugin.id] ?? plugin.registeredConfig);
    const logger = recorder.loggerFor(plugin);
    const services = desk.of(plugin);
    const onLost = (error: PluginError): void => this.#lost(plugin, error);
    const surroundings = { options, state, services, logger, imported: this.#imported, onLost };
    // Only this is bounded here: a plugin that is initialized may call another, which is then loaded.
    const instance = await this.#loads.run(() =>
      this.#step(plugin, 'load', (signal) => {
        const loading = instantiate(plugin, surroundings, signal);
        loads.push(loading);
        return loading;
      }),
    );
    plugin.instance = instance;
    void instance.ended?.then((error) => this.#ended(plugin, instance, error));

    await lifecycle.enter(plugin, 'initialization');
    const context: PluginContext = {
      info: plugin.descriptor.info,
      config,
      logger,
      signal: plugin.ending.signal,
      resolve: (service) => services.resolve(service),
    };
    await this.#step(plugin, 'initialize', (signal) => instance.plugin.initialize(context, signal));
    await this.#step(plugin, 'start', (signal) => instance.plugin.start(signal));
    plugin.loadDurationMs = performance.now() - startedAt;
    plugin.calls.rest();
    await lifecycle.enter(plugin, 'active');
  }

  /** A sandbox whose start was given up ends, and tells how it ended, before its plugin is marked as failed. */
  async #untilGone(plugin: HostedPlugin, [loading]: readonly Promise<PluginInstance>[]): Promise<void> {
    const { lifecycle, recorder } = this.#parts;
    const isLoading = plugin.state === 'loading' && !plugin.instance;
    if (!loading || !isLoading || plugin.admitted.trustLevel !== 'untrusted') return;
    const gone = loading.then(
      (instance) => instance.dispose(),
      () => undefined,
    );
    await lifecycle
      .untilDisposed(plugin, () => gone)
      .catch((problem: unknown) => recorder.lost(plugin, problem));
  }

  #step<Result>(
    plugin: HostedPlugin,
    phase: Phase,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return lifecycleStep(plugin, phase, work, this.#parts.stopping);
  }

  /** Of one that stops nothing is lost. */
  #lost(plugin: HostedPlugin, error: PluginError): void {
    if (plugin.state === 'active' || plugin.state === 'initialization') this.#parts.onLost(plugin, error);
  }

  /** An instance that ends while it should run has crashed. */
  #ended(plugin: HostedPlugin, instance: PluginInstance, error: PluginError | undefined): void {
    if (!error || plugin.instance !== instance || plugin.state === 'shutdown') return;
    this.#parts.onEnded(plugin, error);
  }
}
