export {
  trustSigners,
  type TrustCandidate,
  type TrustDecision,
  type TrustPolicy,
} from './admission/trust-policy.ts';
export { isPluginError } from '@stellaops/plugin-abstractions';
export { explainPackage, type Explanation } from './admission/explain.ts';
export type { SignerKey } from './admission/signer-keys.ts';
export type { CapabilityGrant } from './dispatch/capability-grant.ts';
export type { CallBounds } from './dispatch/call-bounds.ts';
export type { ProviderQuery } from './dispatch/provider-fitness.ts';
export type { Provider } from './dispatch/resolver.ts';
export type { FleetOptions } from './fleet/fleet-options.ts';
export type { BuiltInPlugin, PluginHostOptions } from './host-options.ts';
export type { RegistryHealth } from './journal/registry-health.ts';
export type { JournalLimits } from './journal/waiting-room.ts';
export type { RestartPolicy } from './lifecycle/restart-policy.ts';
export type { PluginStatus } from './lifecycle/plugin-table.ts';
export type { HostHealth, PluginHost } from './plugin-host.ts';
export type { HostTimeouts, PluginSettings } from './plugin-settings.ts';
export { startPluginHost } from './start-plugin-host.ts';
