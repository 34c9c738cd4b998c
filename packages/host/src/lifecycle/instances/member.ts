import type { Capability, CapabilityApi } from '@stellaops/plugin-abstractions';
import type { SandboxUsage } from '@stellaops/plugin-abstractions/hosting';
import type { PluginInstance } from '../hosted-plugin.ts';

/** One sandbox of several that run the same plugin. */
export class Member {
  readonly instance: PluginInstance;
  /** Calls that it was given and has not answered. */
  callsInFlight = 0;
  /** What it said of itself the last time. */
  lastUsage: SandboxUsage = {};
  readonly #apis = new Map<Capability, CapabilityApi>();

  constructor(instance: PluginInstance) {
    this.instance = instance;
  }

  /** Whether it answers no more calls. */
  get isEnding(): boolean {
    return this.instance.isEnding?.() === true;
  }

  /** What answers a contract there, made once; `undefined` when nothing does. */
  api(capability: Capability): CapabilityApi | undefined {
    const api = this.#apis.get(capability) ?? this.instance.plugin.api(capability);
    if (api) this.#apis.set(capability, api);
    return api;
  }
}
