export {
  Bytes,
  defineCapability,
  implement,
  isPluginError,
  PluginError,
  Type,
  type CallOptions,
  type Capability,
  type CapabilityApi,
  type Implementation,
  type Logger,
  type PluginContext,
  type PluginDefinition,
  type PluginInfo,
  type Static,
} from '@stellaops/plugin-abstractions';
export { definePlugin, type PluginOptions } from './define-plugin.ts';
export { PluginBase } from './plugin-base.ts';
export type { PluginParts } from './plugin-instance.ts';
