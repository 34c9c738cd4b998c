import { isPluginError, PluginError, type PluginContext } from '@stellaops/plugin-abstractions';
import { schemaProblem, withDefaults } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../deadline.ts';
import type { ServiceDesk } from '../dispatch/service-desk.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { HostTimeouts } from '../plugin-settings.ts';
import type { Recorder } from '../observability/recorder.ts';
import type { StateDirectory } from '../state-directory.ts';
import type { HostedPlugin, PluginInstance } from './hosted-plugin.ts';
import { instantiate } from './instantiate.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';

type Phase = 'load' | 'initialize' | 'start' | 'stop';

/** Brings plugins up and down, each step within its deadline. What fails is marked as failed, and nothing is thrown. */
export class PluginStarter {
  readonly #options: CompleteOptions;
  readonly #lifecycle: PluginLifecycle;
  readonly #recorder: Recorder;
  readonly #services: ServiceDesk;
  readonly #state: StateDirectory;
  readonly #onCrash: (plugin: HostedPlugin) => void;
  readonly #stopping: AbortSignal;

  constructor(parts: {
    readonly options: CompleteOptions;
    readonly lifecycle: PluginLifecycle;
    readonly recorder: Recorder;
    readonly services: ServiceDesk;
    readonly state: StateDirectory;
    /** Told of a plugin whose instance ended by itself, when it is marked as failed. */
    readonly onCrash: (plugin: HostedPlugin) => void;
    /** Aborted when the host stops: no plugin comes up any more. */
    readonly stopping: AbortSignal;
  }) {
    this.#options = parts.options;
    this.#lifecycle = parts.lifecycle;
    this.#recorder = parts.recorder;
    this.#services = parts.services;
    this.#state = parts.state;
    this.#onCrash = parts.onCrash;
    this.#stopping = parts.stopping;
  }

  /** From admission to `active`, or to `failed`; to `shutdown` when the host stops in the meantime. */
  async bringUp(plugin: HostedPlugin): Promise<void> {
    if (this.#stopping.aborted) return;
    const startedAt = performance.now();
    plugin.ending = new AbortController();
    plugin.hasCrashed = false;
    let loading: Promise<PluginInstance> | undefined;
    try {
      await this.#lifecycle.enter(plugin, 'loading');
      const config = this.#checkedConfig(plugin);
      const logger = this.#recorder.loggerFor(plugin);
      const services = this.#services.of(plugin);
      const surroundings = { options: this.#options, state: this.#state, services, logger };
      const instance = await this.#step(plugin, 'load', (signal) => {
        loading = instantiate(plugin, surroundings, signal);
        return loading;
      });
      plugin.instance = instance;
      void instance.ended?.then((error) => this.#ended(plugin, instance, error));

      await this.#lifecycle.enter(plugin, 'initialization');
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
      await this.#lifecycle.enter(plugin, 'active');
    } catch (error) {
      await this.#untilGone(plugin, loading);
      if (this.#stopping.aborted) return this.bringDown(plugin);
      await this.#undo(plugin);
      await this.#lifecycle.fail(plugin, error);
    }
  }

  /** A sandbox whose start was given up ends, and tells how it ended, before its plugin is marked as failed. */
  async #untilGone(plugin: HostedPlugin, loading: Promise<PluginInstance> | undefined): Promise<void> {
    if (!loading || plugin.instance || plugin.admitted.trustLevel !== 'untrusted') return;
    const gone = loading.then(
      (instance) => instance.dispose(),
      () => undefined,
    );
    await this.#step(plugin, 'stop', () => gone).catch((problem: unknown) =>
      this.#recorder.lost(plugin, problem),
    );
  }

  /** What has begun in this process is told to stop, for nothing else would end it; a sandbox is ended whole. */
  async #undo(plugin: HostedPlugin): Promise<void> {
    const { instance, state } = plugin;
    if (!instance || instance.ended || state !== 'initialization') return;
    await this.#step(plugin, 'stop', (signal) => instance.plugin.stop(signal)).catch((problem: unknown) =>
      this.#recorder.lost(plugin, problem),
    );
  }

  /** From wherever it is to `shutdown`; one that does not stop in time, or fails to, ends as `failed`. */
  async bringDown(plugin: HostedPlugin): Promise<void> {
    const { instance, state } = plugin;
    if (state === 'failed' || state === 'shutdown' || state === 'discovery') return;
    // A registry that is away keeps no plugin from being stopped.
    await this.#lifecycle
      .enter(plugin, 'shutdown')
      .catch((problem: unknown) => this.#recorder.lost(plugin, problem));
    try {
      plugin.ending.abort(new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: plugin.id, state: 'shutdown' }));
      if (instance) await this.#step(plugin, 'stop', (signal) => instance.plugin.stop(signal));
      await instance?.dispose();
      plugin.instance = undefined;
    } catch (error) {
      await this.#lifecycle.fail(plugin, error);
    }
  }

  #step<Result>(
    plugin: HostedPlugin,
    phase: Phase,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const option: keyof HostTimeouts = `${phase}TimeoutMs`;
    const timeoutMs = plugin.settings.timeouts[option];
    const pluginId = plugin.id;
    const failed = (cause: unknown): PluginError => {
      const problem = cause instanceof Error ? cause.message : String(cause);
      return isPluginError(cause)
        ? cause
        : new PluginError('LIFECYCLE_FAILED', { pluginId, phase, problem }, { cause });
    };
    return withDeadline(
      {
        timeoutMs,
        signal: phase === 'stop' ? undefined : this.#stopping,
        timedOut: () => new PluginError('LIFECYCLE_TIMED_OUT', { pluginId, phase, timeoutMs, option }),
        cancelled: failed,
      },
      async (signal) => {
        try {
          return await work(signal);
        } catch (error) {
          throw failed(error);
        }
      },
    );
  }

  /** A copy of the configuration of a plugin, completed and checked where its manifest has a schema. */
  #checkedConfig(plugin: HostedPlugin): unknown {
    const { id: pluginId, admitted } = plugin;
    const invalid = (problem: string): PluginError =>
      new PluginError('CONFIG_INVALID', { pluginId, problem });
    const { configSchema } = admitted.manifest;
    let config: unknown;
    try {
      config = structuredClone(this.#options.config[pluginId] ?? plugin.registeredConfig);
    } catch (error) {
      throw invalid(`it is more than data (${error instanceof Error ? error.message : String(error)})`);
    }
    // An untrusted schema could hold up the host (a pattern that backtracks): the plugin checks in its sandbox.
    if (!configSchema || admitted.trustLevel === 'untrusted') return config;
    const completed = withDefaults(configSchema, config);
    const problem = schemaProblem(configSchema, completed);
    if (problem !== undefined) throw invalid(problem);
    return completed;
  }

  /** An instance that ends while it should run has crashed. */
  async #ended(
    plugin: HostedPlugin,
    instance: HostedPlugin['instance'],
    error: PluginError | undefined,
  ): Promise<void> {
    if (!error || plugin.instance !== instance || plugin.state === 'shutdown') return;
    const wasActive = plugin.state === 'active';
    await this.#lifecycle.fail(plugin, error);
    if (wasActive) this.#onCrash(plugin);
  }
}
