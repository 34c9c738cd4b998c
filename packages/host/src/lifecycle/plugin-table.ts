import type { PluginInfo, PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { PluginError } from '@stellaops/plugin-abstractions';
import type {
  CrashReport,
  IsolationReport,
  LifecycleState,
  SandboxUsage,
} from '@stellaops/plugin-abstractions/hosting';
import type { RefusedPackage } from '../admission/examine-package.ts';
import type { HostedPlugin } from './hosted-plugin.ts';

/** What a host says of one plugin, or of a package that it refused. */
export interface PluginStatus {
  /** Missing when the package was refused before its id could be read. */
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
  /** The tier that was granted; missing when none was. */
  readonly trustLevel?: PluginTrustLevel;
  /** Why that tier. */
  readonly trustReason?: string;
  readonly state: LifecycleState;
  readonly since: Date;
  /** `true` for a plugin that the next call to it starts; missing otherwise. */
  readonly isWaiting?: true;
  /** The directory it was found in, or `built-in`. */
  readonly source: string;
  /** What it failed of, or was refused for. */
  readonly error?: PluginError;
  /** From loading to active. */
  readonly loadDurationMs?: number;
  /** The process of its sandbox, or of one of them. */
  readonly processId?: number;
  /** Its sandboxes, where the operator wants several. While fewer run than are wanted the host is `degraded`. */
  readonly instances?: {
    readonly wanted: number;
    readonly running: number;
    readonly processIds: readonly number[];
  };
  /** What was seen of the isolation of its sandbox. */
  readonly isolation?: IsolationReport;
  /** How its last sandbox ended; missing while there was none that did. */
  readonly crash?: CrashReport;
  /** How often it was started again after its sandbox had ended; missing for never. */
  readonly restarts?: number;
  /** When it will be started again. */
  readonly restartAt?: Date;
}

/**
 * The plugins of a host in the order of their admission, the versions that come or go beside them, and the packages that it refused.
 */
export class PluginTable {
  readonly #plugins = new Map<string, HostedPlugin>();
  /** Versions that are to replace what runs, or were replaced and still have calls to end. */
  readonly #beside = new Set<HostedPlugin>();
  readonly #refused: { readonly refusal: RefusedPackage; readonly since: Date }[] = [];

  get(pluginId: string): HostedPlugin | undefined {
    return this.#plugins.get(pluginId);
  }

  all(): readonly HostedPlugin[] {
    return [...this.#plugins.values()];
  }

  /** Every version that may have something running, or has failed. */
  everyVersion(): readonly HostedPlugin[] {
    return [...this.#plugins.values(), ...this.#beside];
  }

  /** The sandboxes that run, for who collects what they use. */
  sandboxes(): readonly { readonly pluginId: string; readonly usage: () => Promise<SandboxUsage> }[] {
    return this.everyVersion().flatMap(({ id, instance }) =>
      instance?.usage ? [{ pluginId: id, usage: instance.usage }] : [],
    );
  }

  put(plugin: HostedPlugin): void {
    this.#plugins.set(plugin.id, plugin);
  }

  /** A version that runs, or tries to, while another one has the id. */
  putBeside(plugin: HostedPlugin): void {
    plugin.isBeside = true;
    this.#beside.add(plugin);
  }

  /** New calls go to this version from now on; the one before it stands beside it. */
  replace(known: HostedPlugin, plugin: HostedPlugin): void {
    this.#beside.delete(plugin);
    plugin.isBeside = false;
    this.put(plugin);
    this.putBeside(known);
  }

  removeBeside(plugin: HostedPlugin): void {
    this.#beside.delete(plugin);
  }

  remove(pluginId: string): void {
    this.#plugins.delete(pluginId);
  }

  /** Puts the plugins into this order, which names all of them. */
  order(pluginIds: readonly string[]): void {
    for (const id of pluginIds) {
      const plugin = this.#plugins.get(id);
      this.#plugins.delete(id);
      if (plugin) this.#plugins.set(id, plugin);
    }
  }

  refuse(refusal: RefusedPackage): void {
    this.#refused.push({ refusal, since: new Date() });
  }

  /** Forgets the packages that were refused, and the versions that could not replace what runs. */
  forgetRefusals(): void {
    this.#refused.length = 0;
    for (const plugin of this.#beside) if (plugin.state === 'failed') this.#beside.delete(plugin);
  }

  /** Why a plugin cannot take calls; `undefined` when it is active. */
  notActive(pluginId: string): PluginError | undefined {
    const plugin = this.#plugins.get(pluginId);
    if (plugin?.state === 'active') return undefined;
    return new PluginError('PLUGIN_NOT_ACTIVE', { pluginId, state: plugin?.state ?? 'unknown to this host' });
  }

  /** What a plugin failed of or was refused for; missing for one that did and was not. */
  errorOf(pluginId: string): PluginError | undefined {
    return this.status().find(({ id }) => id === pluginId)?.error;
  }

  status(): readonly PluginStatus[] {
    return [
      ...this.everyVersion().map(statusOf),
      ...this.#refused.map(({ refusal, since }) => refusedStatus(refusal, since)),
    ];
  }
}

function statusOf({
  descriptor,
  admitted,
  state,
  since,
  isWaiting,
  error,
  loadDurationMs,
  instance,
  crash,
  restarts,
  restartAt,
  settings,
}: HostedPlugin): PluginStatus {
  const { id, name, version, trustLevel }: PluginInfo = descriptor.info;
  const { source, trustReason } = admitted;
  const known = { id, name, version, trustLevel, trustReason, state, since, source };
  const { processId, isolation, running, processIds = [] } = instance ?? {};
  return {
    ...known,
    ...(isWaiting && { isWaiting }),
    ...(error && { error }),
    ...(loadDurationMs !== undefined && { loadDurationMs }),
    ...(processId !== undefined && { processId }),
    ...(running !== undefined && { instances: { wanted: settings.instances, running, processIds } }),
    ...(isolation && { isolation }),
    ...(crash && { crash }),
    ...(restarts > 0 && { restarts }),
    ...(restartAt && { restartAt }),
  };
}

function refusedStatus({ source, manifest, error }: RefusedPackage, since: Date): PluginStatus {
  const known = manifest && { id: manifest.id, name: manifest.name, version: manifest.version };
  return { ...known, state: 'failed', since, source, error };
}
