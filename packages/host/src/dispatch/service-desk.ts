import {
  capabilityName,
  PluginError,
  type Capability,
  type CapabilityApi,
  type CapabilityIdentity,
  type Implementation,
  type ImplementationDirectory,
  type MethodContracts,
  type PluginErrorCode,
  type PluginErrorDetails,
} from '@stellaops/plugin-abstractions';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { Recorder } from '../observability/recorder.ts';
import { wrapApi, type Wrap } from './call-link.ts';

/** What one plugin may call of the host. */
export interface PluginServices extends ImplementationDirectory {
  resolve<Methods extends MethodContracts>(service: Capability<Methods>): CapabilityApi<Methods>;
}

/** Hands the services of the host to plugins: to each what its manifest requires, and nothing else. */
export class ServiceDesk {
  readonly #offered: readonly Implementation[];
  readonly #wrapsFor: (plugin: HostedPlugin) => readonly Wrap[];
  readonly #recorder: Recorder;

  constructor(
    offered: readonly Implementation[],
    wrapsFor: (plugin: HostedPlugin) => readonly Wrap[],
    recorder: Recorder,
  ) {
    this.#offered = offered;
    this.#wrapsFor = wrapsFor;
    this.#recorder = recorder;
  }

  of(plugin: HostedPlugin): PluginServices {
    const find = (service: CapabilityIdentity): Implementation => {
      const { capability, api } = this.#find(plugin, service);
      const wraps = this.#wrapsFor(plugin);
      return { capability, api: wraps.length === 0 ? api : wrapApi(capability, plugin.id, api, wraps) };
    };
    return {
      find,
      resolve: <Methods extends MethodContracts>(service: Capability<Methods>) =>
        find(service).api as CapabilityApi<Methods>, // same id and version, same contract
    };
  }

  #find(plugin: HostedPlugin, service: CapabilityIdentity): Implementation {
    const isService = ({ id, version }: CapabilityIdentity): boolean =>
      id === service.id && version === service.version;
    const capability = capabilityName(service);
    if (!plugin.descriptor.capabilities.requires.some(isService)) {
      throw this.#rejected(plugin, capability, 'CAPABILITY_NOT_DECLARED', {
        pluginId: plugin.id,
        capability,
        list: 'requires',
      });
    }
    const found = this.#offered.find((offer) => isService(offer.capability));
    if (!found) {
      const problem = 'it is not among the services of this host';
      throw this.#rejected(plugin, capability, 'CAPABILITY_NOT_PROVIDED', { capability, problem });
    }
    return found;
  }

  #rejected<Code extends PluginErrorCode>(
    plugin: HostedPlugin,
    capability: string,
    code: Code,
    details: PluginErrorDetails<Code>,
  ): PluginError<Code> {
    const error = new PluginError(code, details);
    this.#recorder.callRejected(plugin, capability, error);
    return error;
  }
}
