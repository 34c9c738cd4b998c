import {
  capabilityName,
  PluginError,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
  type PluginInfo,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import type { HostedPlugin, PluginInstance } from '../lifecycle/hosted-plugin.ts';
import type { Recorder } from '../observability/recorder.ts';
import { wrapApi, type Wrap } from './call-link.ts';
import type { Awakening } from './awakening.ts';
import { lastingHandle, type Answerer } from './lasting-handle.ts';
import { declarationOf, ProviderFitness, type ProviderQuery } from './provider-fitness.ts';

/** A plugin that provides a capability, with the object to call. */
export interface Provider<Methods extends MethodContracts> {
  readonly plugin: PluginInfo;
  /** What its manifest says beside the capability. */
  readonly parameters: unknown;
  readonly api: CapabilityApi<Methods>;
}

/** What the resolver reads of the table of plugins, which the lifecycle writes. */
interface Plugins {
  get(pluginId: string): HostedPlugin | undefined;
  all(): readonly HostedPlugin[];
  notActive(pluginId: string): PluginError | undefined;
}

/** Finds who provides a capability. */
export class Resolver {
  readonly #plugins: Plugins;
  readonly #wrapsFor: (plugin: HostedPlugin) => readonly Wrap[];
  readonly #recorder: Recorder;
  readonly #awaken: (pluginId: string) => Promise<void> | undefined;
  readonly #fitness = new ProviderFitness();
  readonly #links = new WeakMap<PluginInstance, Map<Capability, CapabilityApi>>();
  readonly #handles = new Map<string, WeakMap<Capability, CapabilityApi>>();

  /** `awaken` starts a plugin that waits to be called, and is `undefined` for one that does not. */
  constructor(
    plugins: Plugins,
    wrapsFor: (plugin: HostedPlugin) => readonly Wrap[],
    recorder: Recorder,
    awaken: (pluginId: string) => Promise<void> | undefined,
  ) {
    this.#plugins = plugins;
    this.#awaken = awaken;
    this.#wrapsFor = wrapsFor;
    this.#recorder = recorder;
  }

  /** The one active provider that is meant, other than the plugin that calls; one that waits to be called is as good. */
  one<Methods extends MethodContracts, Parameters extends TSchema>(
    capability: Capability<Methods, Parameters>,
    query: ProviderQuery<Parameters> = {},
    callerId?: string,
  ): CapabilityApi<Methods> {
    const name = capabilityName(capability);
    const [found, ...others] = this.#active(capability, query).filter(({ id }) => id !== callerId);
    if (!found) throw this.#notProvided(capability, query);
    if (others.length > 0) {
      const pluginIds = [found, ...others].map(({ id }) => id).join(', ');
      throw new PluginError('CAPABILITY_AMBIGUOUS', { capability: name, pluginIds });
    }
    return this.#handle(found, capability);
  }

  /** Every active provider that is meant, in the order of admission. */
  all<Methods extends MethodContracts, Parameters extends TSchema>(
    capability: Capability<Methods, Parameters>,
    query: ProviderQuery<Parameters> = {},
  ): readonly Provider<Methods>[] {
    return this.#active(capability, query).map((plugin) => ({
      plugin: plugin.descriptor.info,
      parameters: declarationOf(plugin, capability)?.parameters,
      api: this.#handle(plugin, capability),
    }));
  }

  #active(capability: Capability, query: ProviderQuery): HostedPlugin[] {
    return this.#plugins
      .all()
      .filter(
        (plugin) =>
          (plugin.state === 'active' || plugin.isWaiting) &&
          (query.pluginId === undefined || plugin.id === query.pluginId) &&
          this.#fitness.mismatch(plugin, capability, query) === undefined,
      );
  }

  /** Of a built-in plugin its own object; of another one that stays good whatever becomes of the instance. */
  #handle<Methods extends MethodContracts>(
    plugin: HostedPlugin,
    capability: Capability<Methods>,
  ): CapabilityApi<Methods> {
    const link = plugin.isWaiting ? undefined : this.#link(plugin, capability);
    if (this.#wrapsFor(plugin).length === 0) return link as CapabilityApi<Methods>; // it implements this contract, and never waits
    const { id } = plugin;
    const handles = this.#handles.get(id) ?? new WeakMap<Capability, CapabilityApi>();
    this.#handles.set(id, handles);
    const handle = handles.get(capability) ?? lastingHandle(capability, this.#answererOf(id, capability));
    handles.set(capability, handle);
    return handle as CapabilityApi<Methods>; // made for this very contract
  }

  #awakening(pluginId: string): Awakening | undefined {
    const started = this.#awaken(pluginId);
    if (!started) return undefined;
    const callTimeoutMs = this.#plugins.get(pluginId)?.settings.timeouts.callTimeoutMs;
    return callTimeoutMs === undefined ? undefined : { pluginId, started, callTimeoutMs };
  }

  /** Remembers what answers as long as its instance is the one. */
  #answererOf(pluginId: string, capability: Capability): Answerer {
    let known: Known | undefined;
    return {
      ready: () => {
        if (!known) return undefined;
        const { plugin, instance, api } = known;
        return plugin.state === 'active' && plugin.instance === instance && !plugin.isBeside
          ? api
          : undefined;
      },
      current: () => {
        const api = this.#current(pluginId, capability);
        const plugin = this.#plugins.get(pluginId);
        if (plugin) known = { plugin, instance: plugin.instance, api };
        return api;
      },
      awaken: () => this.#awakening(pluginId),
    };
  }

  #current(pluginId: string, capability: Capability): CapabilityApi {
    const problem = this.#plugins.notActive(pluginId);
    if (problem) throw problem;
    const plugin = this.#plugins.get(pluginId);
    if (!plugin || this.#fitness.problem(plugin, capability) !== undefined)
      throw this.#notProvided(capability, { pluginId });
    return this.#link(plugin, capability);
  }

  /** What leads to one instance: made once for it and a contract. */
  #link(plugin: HostedPlugin, capability: Capability): CapabilityApi {
    const { instance } = plugin;
    const known = instance && this.#links.get(instance)?.get(capability);
    if (known) return known;
    const api = instance?.plugin.api(capability);
    if (!instance || !api) {
      throw new PluginError('CAPABILITY_NOT_IMPLEMENTED', {
        pluginId: plugin.id,
        capability: capabilityName(capability),
        missing: 'it',
      });
    }
    const fingerprint = declarationOf(plugin, capability)?.fingerprint;
    if (fingerprint !== undefined && fingerprint !== capability.fingerprint) {
      this.#recorder.contractDiffers(plugin, capabilityName(capability));
    }
    const wraps = this.#wrapsFor(plugin);
    const link = wraps.length === 0 ? api : wrapApi(capability, plugin.id, api, wraps);
    const links = this.#links.get(instance) ?? new Map<Capability, CapabilityApi>();
    this.#links.set(instance, links.set(capability, link));
    return link;
  }

  #notProvided(capability: Capability, query: ProviderQuery): PluginError {
    const { pluginId } = query;
    const name = capabilityName(capability);
    const candidates = this.#plugins
      .all()
      .filter((plugin) =>
        pluginId === undefined ? declarationOf(plugin, capability) : plugin.id === pluginId,
      );
    const states = candidates.map(
      (plugin) =>
        this.#fitness.mismatch(plugin, capability, query) ??
        `${plugin.id} is in ${plugin.state}${plugin.error ? ` (${plugin.error.code})` : ''}`,
    );
    const none = pluginId === undefined ? 'none declares it' : `there is no plugin ${pluginId}`;
    return new PluginError('CAPABILITY_NOT_PROVIDED', {
      capability: name,
      problem: states.length > 0 ? states.join(', ') : none,
    });
  }
}

/** Who answered last. */
interface Known {
  readonly plugin: HostedPlugin;
  readonly instance: PluginInstance | undefined;
  readonly api: CapabilityApi;
}
