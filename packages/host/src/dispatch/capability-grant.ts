import type { Capability, CapabilityIdentity } from '@stellaops/plugin-abstractions';

/** That a plugin may call what another one provides, through the host. */
export interface CapabilityGrant {
  /** The contract itself: the host holds both sides to its own form of it, and never to that of a plugin. */
  readonly capability: Capability;
  /** Which plugin answers. Default: the only one that provides it. */
  readonly pluginId?: string;
}

/** What the operator granted of a capability, in this very version. */
export function grantOf(
  grants: readonly CapabilityGrant[],
  { id, version }: CapabilityIdentity,
): CapabilityGrant | undefined {
  return grants.find(({ capability }) => capability.id === id && capability.version === version);
}
