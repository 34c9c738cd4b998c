import { isPluginError, type PluginError } from '@stellaops/plugin-abstractions';
import type { RefusedPackage } from '../admission/examine-package.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { Recorder } from '../observability/recorder.ts';
import { HostedPlugin, type AdmittedPlugin } from './hosted-plugin.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';
import type { PluginTable } from './plugin-table.ts';

/** What it takes to have a plugin run in another version. */
export interface VersionParts {
  readonly options: CompleteOptions;
  readonly table: PluginTable;
  readonly recorder: Recorder;
  readonly lifecycle: PluginLifecycle;
  /** Whether a plugin is called without the host in between, so that no call can start it. */
  readonly isDirect: (plugin: HostedPlugin) => boolean;
  readonly bringUp: (plugin: HostedPlugin) => Promise<void>;
  readonly bringDown: (plugin: HostedPlugin, reason: string) => Promise<void>;
}

/** Has plugins run in the version that was admitted last. The changes of one plugin must not overlap. */
export class VersionChanges {
  readonly #parts: VersionParts;

  constructor(parts: VersionParts) {
    this.#parts = parts;
  }

  /** Whether the host runs this, or will at the next call, and need not start it. */
  isInPlace(admitted: AdmittedPlugin): boolean {
    const known = this.#parts.table.get(admitted.manifest.id);
    return known !== undefined && isServing(known) && isSame(known.admitted, admitted);
  }

  /** A package that is not run; what runs of another version of it goes on. */
  async refuse(refusal: RefusedPackage): Promise<void> {
    const { source, error, manifest } = refusal;
    this.#parts.table.refuse(refusal);
    const known = manifest ? { pluginId: manifest.id, version: manifest.version } : {};
    await this.#parts.recorder.refused(source, error, known);
  }

  /** Brings up what was admitted, unless it is in place. What cannot take the place of a version that runs leaves it there. */
  async bringUpToDate(admitted: AdmittedPlugin): Promise<void> {
    if (this.isInPlace(admitted)) return;
    const { options, table, bringDown } = this.#parts;
    const { id } = admitted.manifest;
    const known = table.get(id);
    const plugin = new HostedPlugin(admitted, options.settingsOf(id));
    // The same code under another trust: what it was trusted for no longer holds, whatever becomes of its new start.
    const mayStay = known?.admitted.digest !== admitted.digest;
    if (known && isServing(known) && mayStay) return this.#replace(known, plugin);
    if (known) await bringDown(known, 'its trust has changed');
    return this.#begin(plugin);
  }

  async #begin(plugin: HostedPlugin): Promise<void> {
    const { table, isDirect, bringUp } = this.#parts;
    table.put(plugin);
    if (plugin.settings.activation === 'eager' || isDirect(plugin)) return bringUp(plugin);
    const refusal = await this.#wait(plugin);
    if (!refusal) return;
    // It stays known, so that it waits for calls when operators change their mind.
    if (isPluginError(refusal.error, 'REGISTRY_CONFLICT')) return this.#withhold(plugin, refusal.error);
    table.remove(plugin.id);
    await this.refuse(refusal);
  }

  async #withhold(plugin: HostedPlugin, error: PluginError<'REGISTRY_CONFLICT'>): Promise<void> {
    const { lifecycle, recorder } = this.#parts;
    lifecycle.withhold(plugin, error.details.problem);
    const { source, manifest } = plugin.admitted;
    await recorder.refused(source, error, { pluginId: manifest.id, version: manifest.version });
  }

  /** The new version comes up beside the one that runs, which goes when new calls go to the new one. */
  async #replace(known: HostedPlugin, plugin: HostedPlugin): Promise<void> {
    const { table, recorder, bringUp, bringDown } = this.#parts;
    if (known.isWaiting) return this.#replaceWaiting(known, plugin);
    try {
      await recorder.registered(plugin);
    } catch (error) {
      return this.refuse({ ...plugin.admitted, error: asPluginError(error) });
    }
    table.putBeside(plugin);
    await bringUp(plugin);
    if (plugin.state === 'shutdown') table.removeBeside(plugin); // the host stops
    if (plugin.state !== 'active') return;
    table.replace(known, plugin);
    await bringDown(known, `version ${plugin.admitted.manifest.version} replaced it`);
    table.removeBeside(known);
  }

  /** Nothing runs of a plugin that waits for a call: the new version waits in its place. */
  async #replaceWaiting(known: HostedPlugin, plugin: HostedPlugin): Promise<void> {
    const refusal = await this.#wait(plugin);
    if (refusal) return this.refuse(refusal);
    known.isWaiting = false;
    this.#parts.table.put(plugin);
  }

  async #wait(plugin: HostedPlugin): Promise<RefusedPackage | undefined> {
    try {
      await this.#parts.lifecycle.wait(plugin);
      return undefined;
    } catch (error) {
      return { ...plugin.admitted, error: asPluginError(error) };
    }
  }
}

function isServing(plugin: HostedPlugin): boolean {
  return plugin.state === 'active' || plugin.isWaiting;
}

function isSame(one: AdmittedPlugin, other: AdmittedPlugin): boolean {
  return one.digest === other.digest && one.trustLevel === other.trustLevel;
}

function asPluginError(error: unknown): PluginError {
  if (isPluginError(error)) return error;
  throw error;
}
