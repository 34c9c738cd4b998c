import type { Capability, CapabilityApi, CapabilityIdentity, MethodContracts } from './capability.ts';
import type { Logger } from './logger.ts';
import type { PluginTrustLevel } from './trust-level.ts';

/** Who a plugin is: from its manifest, and the tier that the host granted. */
export interface PluginInfo {
  readonly id: string;
  readonly name: string;
  /** A SemVer version. */
  readonly version: string;
  readonly trustLevel: PluginTrustLevel;
  readonly description?: string;
  readonly author?: string;
}

/** A capability as a manifest declares it. */
export interface CapabilityDeclaration extends CapabilityIdentity {
  readonly parameters?: unknown;
  /** The fingerprint of the contract that the plugin was built against. */
  readonly fingerprint?: string;
}

/** What a plugin can do, and what it may ask of the host: from the manifest, enforced in both directions. */
export interface PluginCapabilities {
  readonly provides: readonly CapabilityDeclaration[];
  readonly requires: readonly CapabilityDeclaration[];
}

/** What the host tells a plugin about itself before it is initialized. */
export interface PluginDescriptor {
  readonly info: PluginInfo;
  readonly capabilities: PluginCapabilities;
}

/** What a plugin gets from the host, for its whole life. */
export interface PluginContext<Config = unknown> {
  readonly info: PluginInfo;
  readonly config: Config;
  readonly logger: Logger;
  /** Aborted when the plugin is shut down or has failed. */
  readonly signal: AbortSignal;
  /**
   * The host service of this contract, or what another plugin provides. Throws `CAPABILITY_NOT_DECLARED` when the manifest does not list
   * it under `requires`, `CAPABILITY_NOT_PROVIDED` when nobody offers it, and `CAPABILITY_DENIED` when the operator does not grant the call
   * to another plugin; in a sandbox the latter two come with the first call.
   */
  readonly resolve: <Methods extends MethodContracts>(service: Capability<Methods>) => CapabilityApi<Methods>;
}

/** One instance of a plugin, the same in every tier. Authors make one with `definePlugin` or `PluginBase`. */
export interface Plugin {
  readonly info: PluginInfo;
  readonly capabilities: PluginCapabilities;
  initialize(context: PluginContext, signal: AbortSignal): Promise<void>;
  start(signal: AbortSignal): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
  /** The implementation of a capability, once initialized; `undefined` when there is none. */
  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> | undefined;
}
