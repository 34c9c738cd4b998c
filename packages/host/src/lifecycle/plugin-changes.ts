import type { PluginError } from '@stellaops/plugin-abstractions';
import type { RefusedPackage } from '../admission/examine-package.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { Recorder } from '../observability/recorder.ts';
import { isShort, type AdmittedPlugin, type HostedPlugin } from './hosted-plugin.ts';
import { IdleStops } from './idle-stops.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';
import type { PluginStarter } from './plugin-starter.ts';
import type { PluginStopper } from './plugin-stopper.ts';
import type { PluginTable } from './plugin-table.ts';
import { Restarts } from './restarts.ts';
import { Turns } from './turns.ts';
import { VersionChanges } from './version-changes.ts';

/** What changes of plugins need. */
export interface ChangeParts {
  readonly options: CompleteOptions;
  readonly table: PluginTable;
  readonly recorder: Recorder;
  readonly lifecycle: PluginLifecycle;
  readonly starter: PluginStarter;
  readonly stopper: PluginStopper;
  /** Aborted when the host stops. */
  readonly stopping: AbortSignal;
  /** Whether a plugin is called without the host in between, so that no call can start it. */
  readonly isDirect: (plugin: HostedPlugin) => boolean;
}

/** What happens to single plugins. The changes of one wait for each other; those of different ones do not. */
export class PluginChanges {
  readonly #parts: ChangeParts;
  readonly #turns = new Turns();
  readonly #restarts: Restarts;
  readonly #idleStops: IdleStops;
  readonly #versions: VersionChanges;
  readonly #awakenings = new Map<string, Promise<void>>();

  constructor(parts: ChangeParts) {
    this.#parts = parts;
    this.#restarts = new Restarts(parts.recorder, parts.options.hostId, (plugin) => this.#restart(plugin));
    this.#idleStops = new IdleStops((plugin, idleStopMs) => this.#stopIdle(plugin, idleStopMs));
    this.#versions = new VersionChanges({
      ...parts,
      bringUp: (plugin) => this.#bringUp(plugin),
      bringDown: (plugin, reason) => this.#bringDown(plugin, reason),
    });
  }

  /** Has a plugin run in the version that was admitted. What cannot take the place of one that runs leaves it there. */
  bringUpToDate(admitted: AdmittedPlugin): Promise<void> {
    const { id } = admitted.manifest;
    return this.#turns.take(id, () => this.#versions.bringUpToDate(admitted));
  }

  /** A package that is not run; what runs of another version of it goes on. */
  refuse(refusal: RefusedPackage): Promise<void> {
    return this.#versions.refuse(refusal);
  }

  /** Whether the host runs this, or will at the next call, and need not start it. */
  isInPlace(admitted: AdmittedPlugin): boolean {
    return this.#versions.isInPlace(admitted);
  }

  /** Stops a plugin, and no call starts it any more. */
  stop(pluginId: string, reason: string): Promise<void> {
    return this.#turns.take(pluginId, async () => {
      const plugin = this.#parts.table.get(pluginId);
      if (plugin) await this.#bringDown(plugin, reason);
    });
  }

  /** Stops a plugin that operators let no host run, and says why; no call starts it any more. */
  withhold(pluginId: string, problem: string): Promise<void> {
    return this.#turns.take(pluginId, async () => {
      const plugin = this.#parts.table.get(pluginId);
      if (!plugin) return;
      await this.#bringDown(plugin, problem);
      this.#parts.lifecycle.withhold(plugin, problem);
    });
  }

  /** Stops a plugin, and forgets it. */
  remove(pluginId: string, reason: string): Promise<void> {
    return this.#turns.take(pluginId, async () => {
      const plugin = this.#parts.table.get(pluginId);
      if (plugin) await this.#bringDown(plugin, reason);
      this.#parts.table.remove(pluginId);
    });
  }

  /**
   * Starts a plugin that waits for its first call, once for all who ask meanwhile; `undefined` for one that does not wait. Rejects with
   * what its start failed of.
   */
  awaken(pluginId: string): Promise<void> | undefined {
    const plugin = this.#parts.table.get(pluginId);
    if (!plugin?.isWaiting || plugin.state === 'active') return undefined;
    const known = this.#awakenings.get(pluginId);
    if (known) return known;
    const awakening = this.#turns
      .take(pluginId, () => this.#awaken(pluginId))
      .finally(() => this.#awakenings.delete(pluginId));
    this.#awakenings.set(pluginId, awakening);
    return awakening;
  }

  /** Resolves when what is under way with a plugin has ended, and what was asked for before, and then this. */
  settled(pluginId: string, work = (): Promise<void> => Promise.resolve()): Promise<void> {
    return this.#turns.take(pluginId, work);
  }

  /** The instance of a plugin ended by itself. Later changes wait until it is cleared away. */
  ended(plugin: HostedPlugin, error: PluginError): void {
    const wasActive = plugin.state === 'active';
    const failed = this.#parts.lifecycle.fail(plugin, error); // at once: what follows waits for its turn
    void this.#turns.take(plugin.id, async () => {
      await failed;
      if (wasActive) this.#planRestart(plugin);
    });
  }

  /** One of the sandboxes of a plugin ended by itself, and the others go on. */
  lost(plugin: HostedPlugin, error: PluginError): void {
    this.#parts.recorder.sandboxLost(plugin, error);
    void this.#turns.take(plugin.id, async () => {
      if (isShort(plugin) && !plugin.restartAt) this.#planRestart(plugin);
    });
  }

  /** Starts nothing by itself any more. */
  close(): void {
    this.#restarts.close();
    this.#idleStops.close();
  }

  async #awaken(pluginId: string): Promise<void> {
    const plugin = this.#parts.table.get(pluginId);
    if (!plugin?.isWaiting || this.#parts.stopping.aborted) return;
    await this.#bringUp(plugin);
    if (!hasFailed(plugin)) return;
    this.#planRestart(plugin);
    throw plugin.error;
  }

  async #bringUp(plugin: HostedPlugin): Promise<void> {
    await this.#parts.starter.bringUp(plugin);
    if (!this.#parts.stopping.aborted) plugin.isWaiting = false;
    if (!this.#parts.isDirect(plugin)) this.#idleStops.watch(plugin);
  }

  async #bringDown(plugin: HostedPlugin, reason: string): Promise<void> {
    plugin.isWaiting = false;
    this.#idleStops.forget(plugin);
    this.#restarts.forget(plugin);
    await this.#parts.stopper.bringDown(plugin, reason);
  }

  #stopIdle(plugin: HostedPlugin, idleStopMs: number): Promise<void> {
    return this.#turns.take(plugin.id, async () => {
      if (this.#parts.table.get(plugin.id) !== plugin || plugin.state !== 'active') return;
      if (plugin.calls.idleMs < idleStopMs) return this.#idleStops.watch(plugin);
      this.#restarts.forget(plugin);
      plugin.isWaiting = true; // whoever calls from now on starts it again
      await this.#parts.stopper.bringDown(plugin, `it was not called for ${idleStopMs} ms`);
      plugin.isWaiting = !hasFailed(plugin);
      if (hasFailed(plugin)) this.#planRestart(plugin);
    });
  }

  /** A re-scan may have been faster, or the host may have stopped in the meantime. */
  #restart(plugin: HostedPlugin): Promise<void> {
    const { table, recorder, starter, stopping } = this.#parts;
    return this.#turns.take(plugin.id, async () => {
      if (stopping.aborted || table.get(plugin.id) !== plugin || !isIncomplete(plugin)) return;
      this.#restarts.count(plugin);
      recorder.restarting(plugin);
      await (hasFailed(plugin) ? this.#bringUp(plugin) : starter.replaceLost(plugin));
      if (isIncomplete(plugin)) this.#planRestart(plugin);
    });
  }

  #planRestart(plugin: HostedPlugin): void {
    if (this.#parts.stopping.aborted || this.#parts.table.get(plugin.id) !== plugin) return;
    this.#restarts.plan(plugin);
  }
}

function isIncomplete(plugin: HostedPlugin): boolean {
  return hasFailed(plugin) || isShort(plugin);
}

function hasFailed({ state }: HostedPlugin): boolean {
  return state === 'failed';
}
