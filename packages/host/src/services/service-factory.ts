import type { Capability, CapabilityApi, MethodContracts, PluginInfo } from '@stellaops/plugin-abstractions';

/** For whom a service is made. */
export interface ServiceScope {
  readonly plugin: PluginInfo;
  /** Aborted when the instance of the plugin is gone: let go of what was opened for it. */
  readonly signal: AbortSignal;
  /**
   * Puts `service.used` into the audit trail, with these words. Await it before doing what it tells of: it rejects when it could not be
   * recorded.
   */
  readonly audit: (detail: string) => Promise<void>;
}

/** A service of which each plugin gets an object of its own. Made by {@link implementPerPlugin}. */
export interface ServiceFactory<Methods extends MethodContracts = MethodContracts> {
  readonly capability: Capability<Methods>;
  readonly create: (scope: ServiceScope) => CapabilityApi<Methods>;
}

/**
 * Joins a contract with what makes an implementation for one plugin. It is called once for each instance of a plugin that resolves the
 * contract. A `CAPABILITY_DENIED` that a method throws is audited as `call.rejected`.
 */
export function implementPerPlugin<Methods extends MethodContracts>(
  capability: Capability<Methods>,
  create: (scope: ServiceScope) => CapabilityApi<Methods>,
): ServiceFactory<Methods> {
  return Object.freeze({ capability, create });
}
