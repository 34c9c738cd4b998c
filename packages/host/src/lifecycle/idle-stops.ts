import { longestTimeoutMs } from '../deadline.ts';
import type { HostedPlugin } from './hosted-plugin.ts';

/** Stops plugins that were not called for as long as their settings say. */
export class IdleStops {
  readonly #stop: (plugin: HostedPlugin, idleStopMs: number) => Promise<void>;
  readonly #timers = new Map<HostedPlugin, NodeJS.Timeout>();

  /** `stop` brings an idle plugin down, and leaves one alone that was called in the meantime. */
  constructor(stop: (plugin: HostedPlugin, idleStopMs: number) => Promise<void>) {
    this.#stop = stop;
  }

  /** Watches a plugin from now on, where its settings have it stopped when it is idle. */
  watch(plugin: HostedPlugin): void {
    const { idleStopMs } = plugin.settings;
    if (idleStopMs === false || plugin.state !== 'active') return;
    this.#wait(plugin, idleStopMs, idleStopMs);
  }

  forget(plugin: HostedPlugin): void {
    clearTimeout(this.#timers.get(plugin));
    this.#timers.delete(plugin);
  }

  close(): void {
    for (const plugin of this.#timers.keys()) this.forget(plugin);
  }

  #wait(plugin: HostedPlugin, idleStopMs: number, delayMs: number): void {
    this.forget(plugin);
    const timer = setTimeout(
      () => {
        this.#timers.delete(plugin);
        const leftMs = idleStopMs - plugin.calls.idleMs;
        if (leftMs > 0) this.#wait(plugin, idleStopMs, leftMs);
        else void this.#stop(plugin, idleStopMs);
      },
      Math.min(delayMs, longestTimeoutMs),
    );
    timer.unref(); // it keeps no process alive
    this.#timers.set(plugin, timer);
  }
}
