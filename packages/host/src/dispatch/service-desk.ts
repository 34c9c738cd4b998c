import {
  capabilityName,
  PluginError,
  type Capability,
  type CapabilityApi,
  type CapabilityIdentity,
  type Implementation,
  type ImplementationDirectory,
  type MethodContracts,
} from '@stellaops/plugin-abstractions';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { Recorder } from '../observability/recorder.ts';
import type { ServiceFactory } from '../services/service-factory.ts';
import { audited } from './audited.ts';
import { checked } from './checked.ts';
import { wrapApi, type Wrap } from './call-link.ts';
import { grantOf } from './capability-grant.ts';
import { peerApi } from './peer-api.ts';
import type { Resolver } from './resolver.ts';

/** What one instance of a plugin may call of the host. */
export interface PluginServices extends ImplementationDirectory {
  resolve<Methods extends MethodContracts>(service: Capability<Methods>): CapabilityApi<Methods>;
  /** The instance is gone, and what was made for it is let go. */
  close(): void;
}

/** What a service desk is made of. */
interface ServiceDeskParts {
  readonly offered: readonly (Implementation | ServiceFactory)[];
  readonly plugins: { all(): readonly HostedPlugin[] };
  readonly resolver: Pick<Resolver, 'one'>;
  /** The signal aborts when the instance is gone. */
  readonly wrapsFor: (plugin: HostedPlugin, closed: AbortSignal) => readonly Wrap[];
  readonly recorder: Recorder;
}

/**
 * Hands plugins what they may call: to each what its manifest requires, and nothing else. That is a service of the host, or what another
 * plugin provides where the operator grants it.
 */
export class ServiceDesk {
  readonly #parts: ServiceDeskParts;

  constructor(parts: ServiceDeskParts) {
    this.#parts = parts;
  }

  of(plugin: HostedPlugin): PluginServices {
    const links = new Map<string, Implementation>();
    const closing = new AbortController();
    const find = (service: CapabilityIdentity): Implementation => {
      const name = capabilityName(service);
      const link = links.get(name) ?? this.#link(plugin, service, closing.signal);
      links.set(name, link);
      return link;
    };
    return {
      find,
      resolve: <Methods extends MethodContracts>(service: Capability<Methods>) =>
        find(service).api as CapabilityApi<Methods>, // same id and version, same contract
      close: () => closing.abort(gone(plugin)),
    };
  }

  /** What leads to one service, made once for an instance. */
  #link(plugin: HostedPlugin, service: CapabilityIdentity, closed: AbortSignal): Implementation {
    const capability = capabilityName(service);
    const { id: pluginId, settings } = plugin;
    if (closed.aborted) throw gone(plugin);
    if (!includes(plugin.descriptor.capabilities.requires, service)) {
      const details = { pluginId, capability, list: 'requires' };
      throw this.#rejected(plugin, capability, new PluginError('CAPABILITY_NOT_DECLARED', details));
    }
    const offer = this.#parts.offered.find((offered) => isSame(offered.capability, service));
    if (offer && 'create' in offer) return this.#made(plugin, offer, closed);
    if (offer) return this.#wrapped(plugin, offer, this.#parts.wrapsFor(plugin, closed));
    const grant = grantOf(settings.grants, service);
    if (!grant || grant.pluginId === pluginId)
      throw this.#rejected(plugin, capability, this.#notOffered(pluginId, service));
    const api = peerApi(pluginId, grant, this.#parts.resolver);
    const link = { capability: grant.capability, api };
    return this.#wrapped(plugin, link, this.#parts.wrapsFor(plugin, closed));
  }

  #made(plugin: HostedPlugin, { capability, create }: ServiceFactory, signal: AbortSignal): Implementation {
    const { wrapsFor, recorder } = this.#parts;
    const name = capabilityName(capability);
    const audit = (detail: string): Promise<void> => recorder.serviceUsed(plugin, name, detail);
    const denied = audited((error) => recorder.callRejected(plugin, name, error));
    const wraps = wrapsFor(plugin, signal).filter((wrap) => wrap !== checked);
    try {
      const api = create({ plugin: plugin.descriptor.info, signal, audit });
      return this.#wrapped(plugin, { capability, api }, [checked, ...wraps, denied]);
    } catch (cause) {
      // Its message may tell of the host, and the plugin hears of this error.
      recorder.loggerFor(plugin).error({ err: cause, capability: name }, 'a host service could not be made');
      const problem = 'the host failed to make it, and its log says why';
      throw new PluginError('CAPABILITY_NOT_PROVIDED', { capability: name, problem });
    }
  }

  #wrapped(
    { id }: HostedPlugin,
    { capability, api }: Implementation,
    wraps: readonly Wrap[],
  ): Implementation {
    return { capability, api: wraps.length === 0 ? api : wrapApi(capability, id, api, wraps) };
  }

  #notOffered(pluginId: string, service: CapabilityIdentity): PluginError {
    const capability = capabilityName(service);
    const isProvided = this.#parts.plugins
      .all()
      .some(({ descriptor }) => includes(descriptor.capabilities.provides, service));
    return isProvided
      ? new PluginError('CAPABILITY_DENIED', {
          pluginId,
          capability,
          problem: 'another plugin provides it, and none of the `grants` lets this one call it',
        })
      : new PluginError('CAPABILITY_NOT_PROVIDED', {
          capability,
          problem: 'it is not among the services of this host',
        });
  }

  #rejected(plugin: HostedPlugin, capability: string, error: PluginError): PluginError {
    this.#parts.recorder.callRejected(plugin, capability, error);
    return error;
  }
}

function gone({ id: pluginId, state }: HostedPlugin): PluginError {
  return new PluginError('PLUGIN_NOT_ACTIVE', { pluginId, state });
}

function includes(declared: readonly CapabilityIdentity[], service: CapabilityIdentity): boolean {
  return declared.some((identity) => isSame(identity, service));
}

function isSame(one: CapabilityIdentity, other: CapabilityIdentity): boolean {
  return one.id === other.id && one.version === other.version;
}
