import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { lifecycleTransitions, type LifecycleState } from '@stellaops/plugin-abstractions/hosting';
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
    await plugin.instance?.dispose().catch((problem: unknown) => this.#recorder.lost(plugin, problem));
    plugin.instance = undefined;
    await this.#recorder
      .stateChanged(plugin)
      .catch((problem: unknown) => this.#recorder.lost(plugin, problem));
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
