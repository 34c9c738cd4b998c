export {
  capabilityName,
  defineCapability,
  implement,
  type CallOptions,
  type Capability,
  type CapabilityApi,
  type CapabilityIdentity,
  type Implementation,
  type MethodContract,
  type MethodContracts,
} from './contract/capability.ts';
export type { PluginErrorCode, PluginErrorDetails } from './contract/error-catalogue.ts';
export { isPluginError, PluginError } from './contract/plugin-error.ts';
export type { ImplementationDirectory } from './contract/implementation-directory.ts';
export type { Logger } from './contract/logger.ts';
export type {
  CapabilityDeclaration,
  Plugin,
  PluginCapabilities,
  PluginContext,
  PluginDescriptor,
  PluginInfo,
} from './contract/plugin.ts';
export {
  brandPluginDefinition,
  readPluginDefinition,
  type PluginDefinition,
  type SchemaCheck,
} from './contract/plugin-definition.ts';
export { Bytes, type Static, type TSchema } from './contract/schema.ts';
export * as Type from './contract/type.ts';
export { trustLevels, type PluginTrustLevel } from './contract/trust-level.ts';
