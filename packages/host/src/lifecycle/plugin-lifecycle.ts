import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { lifecycleTransitions, type LifecycleState } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../deadline.ts';
import type { Recorder } from '../observability/recorder.ts';
import type { HostedPlugin } from './hosted-plugin.ts';

/** The one place where a plugin changes its state, and where registry, audit trail, metrics and log are told. */
export class PluginLifecycle {
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /**
   * Brings a plugin into a state. Rejects with `TRANSITION_ILLEGAL` when the table does not allow it, and with what the
   * registry rejects with; the state has changed then all the same.
   */
  async enter(plugin: HostedPlugin, to: Exclude<LifecycleState, 'failed'>): Promise<void> {
    this.#change(plugin, to, undefined);
    if (to === 'loading') plugin.registeredConfig = await this.#recorder.registered(plugin);
    await this.#recorder.stateChanged(plugin);
  }

  /** Enters a plugin in the catalogue that is not loaded before it is called. Rejects with what the registry rejects with. */
  async wait(plugin: HostedPlugin): Promise<void> {
    await this.#recorder.registered(plugin);
    await this.#recorder.stateChanged(plugin);
    plugin.isWaiting = true;
  }

  /** Says of a plugin that was stopped why operators let no host run it, unless it failed to stop. */
  withhold(plugin: HostedPlugin, problem: string): void {
    const { id: pluginId, admitted } = plugin;
    const { version } = admitted.manifest;
    plugin.error ??= new PluginError('REGISTRY_CONFLICT', { pluginId, version, problem });
  }

  /** Marks a plugin as failed, with what it failed of, and lets go of its instance. Never rejects. */
  async fail(plugin: HostedPlugin, thrown: unknown): Promise<void> {
    if (!lifecycleTransitions[plugin.state].includes('failed')) return;
    const error = isPluginError(thrown)
      ? thrown
      : new PluginError(
          'LIFECYCLE_FAILED',
          { pluginId: plugin.id, phase: 'run', problem: String(thrown) },
          { cause: thrown },
        );
    this.#change(plugin, 'failed', error);
    plugin.ending.abort(error);
    // How it ended is known when it is gone, and belongs to the record.
    await this.dispose(plugin).catch((problem: unknown) => this.#recorder.lost(plugin, problem));
    await this.#recorder
      .stateChanged(plugin)
      .catch((problem: unknown) => this.#recorder.lost(plugin, problem));
  }

  /** Lets go of the instance of a plugin. Rejects when that fails, and with `LIFECYCLE_TIMED_OUT` when it takes too long. */
  async dispose(plugin: HostedPlugin): Promise<void> {
    const { instance } = plugin;
    plugin.instance = undefined;
    if (instance) await this.untilDisposed(plugin, () => instance.dispose());
  }

  /** Waits for an end of an instance, likewise. */
  async untilDisposed(plugin: HostedPlugin, dispose: () => Promise<void>): Promise<void> {
    const { id: pluginId, settings } = plugin;
    const { disposeTimeoutMs: timeoutMs } = settings.timeouts;
    const option = 'disposeTimeoutMs';
    const late = (): PluginError =>
      new PluginError('LIFECYCLE_TIMED_OUT', { pluginId, phase: 'end', timeoutMs, option });
    await withDeadline({ timeoutMs, timedOut: late, cancelled: late }, dispose);
  }

  #change(plugin: HostedPlugin, to: LifecycleState, error: PluginError | undefined): void {
    const from = plugin.state;
    if (!lifecycleTransitions[from].includes(to))
      throw new PluginError('TRANSITION_ILLEGAL', { pluginId: plugin.id, from, to });
    plugin.state = to;
    plugin.since = new Date();
    plugin.error = error;
  }
}
