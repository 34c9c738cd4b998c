export {
  Bytes,
  defineCapability,
  implement,
  isPluginError,
  PluginError,
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
export * as Type from './type.ts';
