import { PluginError } from '@stellaops/plugin-abstractions';
import { withDeadline } from '../deadline.ts';
import type { Recorder } from '../observability/recorder.ts';
import type { HostedPlugin } from './hosted-plugin.ts';
import { lifecycleStep } from './lifecycle-step.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';

/** Brings plugins down, each step within its deadline. Nothing is thrown. */
export class PluginStopper {
  readonly #lifecycle: PluginLifecycle;
  readonly #recorder: Recorder;

  constructor(lifecycle: PluginLifecycle, recorder: Recorder) {
    this.#lifecycle = lifecycle;
    this.#recorder = recorder;
  }

  /**
   * From wherever it is to `shutdown`: no new calls, then the end of those in flight, then the end of the plugin. One that does not stop
   * in time, or fails to, ends as `failed`. `reason` is for the audit trail.
   */
  async bringDown(plugin: HostedPlugin, reason: string): Promise<void> {
    const { instance, state } = plugin;
    if (state === 'failed' || state === 'shutdown' || state === 'discovery') return;
    plugin.stopReason = reason;
    // A registry that is away keeps no plugin from being stopped.
    await this.#lifecycle
      .enter(plugin, 'shutdown')
      .catch((problem: unknown) => this.#recorder.lost(plugin, problem));
    await this.#drain(plugin);
    try {
      plugin.ending.abort(new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: plugin.id, state: 'shutdown' }));
      if (instance) await lifecycleStep(plugin, 'stop', (signal) => instance.plugin.stop(signal));
      await this.#lifecycle.dispose(plugin);
    } catch (error) {
      await this.#lifecycle.fail(plugin, error);
    }
  }

  /** What has begun in this process is told to stop, for nothing else would end it; a sandbox is ended whole. */
  async undo(plugin: HostedPlugin): Promise<void> {
    const { instance, state } = plugin;
    if (!instance || instance.ended || state !== 'initialization') return;
    await lifecycleStep(plugin, 'stop', (signal) => instance.plugin.stop(signal)).catch((problem: unknown) =>
      this.#recorder.lost(plugin, problem),
    );
  }

  /** Calls that do not end in time are given up when the plugin ends. */
  async #drain(plugin: HostedPlugin): Promise<void> {
    const { calls, settings } = plugin;
    if (calls.count === 0) return;
    const { drainTimeoutMs: timeoutMs } = settings.timeouts;
    const late = (): Error =>
      new Error(`${calls.count} calls did not end within ${timeoutMs} ms and are given up`);
    await withDeadline({ timeoutMs, timedOut: late, cancelled: late }, () => calls.whenNone()).catch(
      (problem: unknown) => this.#recorder.lost(plugin, problem),
    );
  }
}
