import { longestTimeoutMs } from '../deadline.ts';
import type { Recorder } from '../observability/recorder.ts';
import type { HostedPlugin } from './hosted-plugin.ts';
import { nextRestartDelay, restartJitter, restartsInWindow } from './restart-policy.ts';

/** Starts plugins again whose sandbox ended by itself, where the operator set a policy for it. */
export class Restarts {
  readonly #recorder: Recorder;
  readonly #hostId: string;
  readonly #restart: (plugin: HostedPlugin) => Promise<void>;
  readonly #timers = new Map<HostedPlugin, NodeJS.Timeout>();

  /** `restart` brings up what is missing of a plugin when its time has come, and leaves one alone that misses nothing by then. */
  constructor(recorder: Recorder, hostId: string, restart: (plugin: HostedPlugin) => Promise<void>) {
    this.#recorder = recorder;
    this.#hostId = hostId;
    this.#restart = restart;
  }

  /** Plans the next start of a plugin that has just failed, or lost a sandbox of several, unless there have been enough. */
  plan(plugin: HostedPlugin): void {
    this.forget(plugin);
    const policy = plugin.settings.restart;
    if (!policy) return;
    const now = Date.now();
    const jitter = restartJitter(this.#hostId, plugin.id, plugin.restarts);
    const delayMs = nextRestartDelay(policy, plugin.restartedAt, now, jitter);
    if (delayMs === undefined) return this.#recorder.restartsExhausted(plugin, policy);
    plugin.restartAt = new Date(now + delayMs);
    const timer = setTimeout(
      () => {
        this.#timers.delete(plugin);
        plugin.restartAt = undefined;
        void this.#restart(plugin);
      },
      Math.min(delayMs, longestTimeoutMs),
    );
    timer.unref(); // a plan keeps no process alive
    this.#timers.set(plugin, timer);
  }

  /** A plugin is started again now, or what is missing of it. */
  count(plugin: HostedPlugin): void {
    const { restart } = plugin.settings;
    const now = Date.now();
    plugin.restarts += 1;
    if (restart) plugin.restartedAt = [...restartsInWindow(restart, plugin.restartedAt, now), now];
  }

  /** Drops the plan for one plugin. */
  forget(plugin: HostedPlugin): void {
    clearTimeout(this.#timers.get(plugin));
    this.#timers.delete(plugin);
    plugin.restartAt = undefined;
  }

  /** Drops every plan. */
  close(): void {
    for (const plugin of this.#timers.keys()) this.forget(plugin);
  }
}
