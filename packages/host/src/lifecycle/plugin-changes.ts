import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { RefusedPackage } from '../admission/examine-package.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { Recorder } from '../observability/recorder.ts';
import { HostedPlugin, type AdmittedPlugin } from './hosted-plugin.ts';
import { IdleStops } from './idle-stops.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';
import type { PluginStarter } from './plugin-starter.ts';
import type { PluginStopper } from './plugin-stopper.ts';
import type { PluginTable } from './plugin-table.ts';
import { Restarts } from './restarts.ts';
import { Turns } from './turns.ts';

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
  readonly #awakenings = new Map<string, Promise<void>>();

  constructor(parts: ChangeParts) {
    this.#parts = parts;
    this.#restarts = new Restarts(parts.recorder, parts.options.hostId, (plugin) => this.#restart(plugin));
    this.#idleStops = new IdleStops((plugin, idleStopMs) => this.#stopIdle(plugin, idleStopMs));
  }

  /** Has a plugin run in the version that was admitted. What cannot take the place of one that runs leaves it there. */
  bringUpToDate(admitted: AdmittedPlugin): Promise<void> {
    const { id } = admitted.manifest;
    return this.#turns.take(id, () => this.#bringUpToDate(admitted));
  }

  /** A package that is not run; what runs of another version of it goes on. */
  async refuse(refusal: RefusedPackage): Promise<void> {
    const { source, error, manifest } = refusal;
    this.#parts.table.refuse(refusal);
    const known = manifest ? { pluginId: manifest.id, version: manifest.version } : {};
    await this.#parts.recorder.refused(source, error, known);
  }

  /** Whether the host runs this, or will at the next call, and need not start it. */
  isInPlace(admitted: AdmittedPlugin): boolean {
    const known = this.#parts.table.get(admitted.manifest.id);
    return known !== undefined && isServing(known) && isSame(known.admitted, admitted);
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

  /** Resolves when what is under way with a plugin has ended, and what was asked for before. */
  settled(pluginId: string): Promise<void> {
    return this.#turns.take(pluginId, () => Promise.resolve());
  }

  /** The instance of a plugin ended by itself. Later changes wait until it is cleared away. */
  ended(plugin: HostedPlugin, error: PluginError): void {
    const wasActive = plugin.state === 'active';
    const failed = this.#parts.lifecycle.fail(plugin, error).then(() => {
      if (wasActive) this.#planRestart(plugin);
    });
    void this.#turns.take(plugin.id, () => failed);
  }

  /** Starts nothing by itself any more. */
  close(): void {
    this.#restarts.close();
    this.#idleStops.close();
  }

  async #bringUpToDate(admitted: AdmittedPlugin): Promise<void> {
    if (this.isInPlace(admitted)) return;
    const { options, table } = this.#parts;
    const { id } = admitted.manifest;
    const known = table.get(id);
    const plugin = new HostedPlugin(admitted, options.settingsOf(id));
    if (known && isServing(known)) {
      // The same code under another trust: what it was trusted for no longer holds, whatever becomes of its new start.
      if (known.admitted.digest === admitted.digest) await this.#bringDown(known, 'its trust has changed');
      else return this.#replace(known, plugin);
    }
    if (known) this.#restarts.forget(known);
    table.put(plugin);
    if (this.#startsWhenCalled(plugin)) {
      const refusal = await this.#wait(plugin);
      if (!refusal) return;
      table.remove(id);
      return this.refuse(refusal);
    }
    await this.#bringUp(plugin);
  }

  /** The new version comes up beside the one that runs, which goes when new calls go to the new one. */
  async #replace(known: HostedPlugin, plugin: HostedPlugin): Promise<void> {
    const { table, recorder } = this.#parts;
    if (known.isWaiting) {
      const refusal = await this.#wait(plugin);
      if (refusal) return this.refuse(refusal);
      table.put(plugin);
      known.isWaiting = false;
      return;
    }
    try {
      await recorder.registered(plugin);
    } catch (error) {
      return this.refuse({ ...plugin.admitted, error: asPluginError(error) });
    }
    table.putBeside(plugin);
    await this.#bringUp(plugin);
    if (plugin.state === 'shutdown') table.removeBeside(plugin); // the host stops
    if (plugin.state !== 'active') return;
    table.replace(known, plugin);
    await this.#bringDown(known, `version ${plugin.admitted.manifest.version} replaced it`);
    table.removeBeside(known);
  }

  async #wait(plugin: HostedPlugin): Promise<RefusedPackage | undefined> {
    try {
      await this.#parts.lifecycle.wait(plugin);
      return undefined;
    } catch (error) {
      return { ...plugin.admitted, error: asPluginError(error) };
    }
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
      plugin.isWaiting = true; // whoever calls from now on starts it again
      await this.#parts.stopper.bringDown(plugin, `it was not called for ${idleStopMs} ms`);
      plugin.isWaiting = !hasFailed(plugin);
      if (hasFailed(plugin)) this.#planRestart(plugin);
    });
  }

  /** A re-scan may have been faster, or the host may have stopped in the meantime. */
  #restart(plugin: HostedPlugin): Promise<void> {
    const { table, recorder, stopping } = this.#parts;
    return this.#turns.take(plugin.id, async () => {
      if (stopping.aborted || table.get(plugin.id) !== plugin || plugin.state !== 'failed') return;
      plugin.restartedAt.push(Date.now());
      recorder.restarting(plugin);
      await this.#bringUp(plugin);
      if (hasFailed(plugin)) this.#planRestart(plugin);
    });
  }

  #planRestart(plugin: HostedPlugin): void {
    if (this.#parts.stopping.aborted || this.#parts.table.get(plugin.id) !== plugin) return;
    this.#restarts.plan(plugin);
  }

  #startsWhenCalled(plugin: HostedPlugin): boolean {
    return plugin.settings.activation === 'onFirstCall' && !this.#parts.isDirect(plugin);
  }
}

function isServing(plugin: HostedPlugin): boolean {
  return plugin.state === 'active' || plugin.isWaiting;
}

function hasFailed({ state }: HostedPlugin): boolean {
  return state === 'failed';
}

function isSame(one: AdmittedPlugin, other: AdmittedPlugin): boolean {
  return one.digest === other.digest && one.trustLevel === other.trustLevel;
}

function asPluginError(error: unknown): PluginError {
  if (isPluginError(error)) return error;
  throw error;
}
