export { pluginAbiVersion } from './contract/plugin-definition.ts';
export { restorePluginError } from './contract/plugin-error.ts';
export type {
  AuditAnchor,
  AuditEvent,
  AuditEventName,
  AuditFault,
  AuditQuery,
  AuditVerification,
  RecordedAuditEvent,
} from './hosting/audit.ts';
export {
  answeredLater,
  follower,
  takesAnswer,
  takesFollower,
  type AnsweredCall,
  type FollowedCall,
} from './hosting/call-follower.ts';
export type { CallTarget } from './hosting/call-target.ts';
export type { CrashReport, SandboxEndCause, UnansweredCall } from './hosting/crash-report.ts';
export {
  isFleetRegistry,
  type CatalogueNotice,
  type DesiredState,
  type FleetHost,
  type FleetInstance,
  type FleetMembership,
  type FleetRegistry,
  type HostAnnouncement,
  type PluginInstanceReport,
  type PluginPlace,
} from './hosting/fleet.ts';
export {
  isolationAspects,
  isolationShortfall,
  noIsolation,
  type IsolationAspect,
  type IsolationEvidence,
  type IsolationFinding,
  type IsolationReport,
} from './hosting/isolation-report.ts';
export { endOfItems, ItemStream, NextItem, type StreamStep } from './hosting/item-stream.ts';
export { lifecycleTransitions, type LifecycleState } from './hosting/lifecycle.ts';
export { parseManifest, PluginManifestSchema, type PluginManifest } from './hosting/manifest.ts';
export {
  checksumsFile,
  formatChecksums,
  manifestFile,
  parseChecksums,
  signatureFile,
  type PackageChecksums,
} from './hosting/package-checksums.ts';
export type { Attachment, Payload } from './hosting/payload.ts';
export type {
  CatalogueChange,
  PluginCatalogue,
  PluginHealth,
  PluginHostHealth,
} from './hosting/plugin-catalogue.ts';
export {
  withheldBecause,
  type PluginQuery,
  type PluginRegistration,
  type PluginRegistry,
  type PluginRestriction,
  type RegisteredPlugin,
  type RegisteredVersion,
} from './hosting/plugin-registry.ts';
export {
  defaultMessageLimits,
  defaultSandboxLimits,
  type MessageLimits,
  type PluginSandbox,
  type SandboxedPlugin,
  type SandboxLaunch,
  type SandboxLimits,
} from './hosting/plugin-sandbox.ts';
export {
  findPresence,
  formatIdentity,
  parseIdentity,
  readIdentity,
  readOwnIdentity,
  type ProcessIdentity,
  type ProcessPresence,
} from './hosting/process-identity.ts';
export type { SandboxUsage } from './hosting/sandbox-usage.ts';
export { schemaCheck, schemaFault, schemaProblem, withDefaults } from './hosting/schema-check.ts';
export { ValueCodec } from './hosting/value-codec.ts';
