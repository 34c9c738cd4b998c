import type { PluginErrorCode } from './error-catalogue.ts';

/**
 * Where an error is to be mended: in the plugin or its package; in the host, with its options, its machine, or the code that calls;
 * or in the contract between the two, which one of them does not keep.
 */
export type Blame = 'plugin' | 'host' | 'contract';

/** Whose fault each error is, as the host sees it. */
export const blameOf: Readonly<Record<PluginErrorCode, Blame>> = {
  MANIFEST_INVALID: 'plugin',
  PLUGIN_ID_TAKEN: 'plugin',
  PACKAGE_INVALID: 'plugin',
  DIGEST_MISMATCH: 'plugin',
  SIGNATURE_INVALID: 'plugin',
  TRUST_REFUSED: 'plugin',
  INCOMPATIBLE: 'contract',
  STATE_DIRECTORY_INVALID: 'host',
  ENTRY_INVALID: 'plugin',
  CONFIG_INVALID: 'host',
  LIFECYCLE_FAILED: 'plugin',
  LIFECYCLE_TIMED_OUT: 'plugin',
  TRANSITION_ILLEGAL: 'host',
  REQUIRED_PLUGINS_FAILED: 'host',
  CAPABILITY_NOT_PROVIDED: 'host',
  CAPABILITY_AMBIGUOUS: 'host',
  CAPABILITY_NOT_DECLARED: 'plugin',
  CAPABILITY_NOT_IMPLEMENTED: 'plugin',
  CAPABILITY_DENIED: 'plugin',
  QUOTA_EXCEEDED: 'plugin',
  PLUGIN_NOT_ACTIVE: 'host',
  REQUEST_INVALID: 'contract',
  RESPONSE_INVALID: 'contract',
  CALL_FAILED: 'plugin',
  CALL_TIMED_OUT: 'plugin',
  CALL_CANCELLED: 'host',
  CALL_REFUSED: 'host',
  MESSAGE_TOO_LARGE: 'contract',
  SANDBOX_UNSUPPORTED: 'host',
  ISOLATION_INSUFFICIENT: 'host',
  SANDBOX_HANDSHAKE_FAILED: 'plugin',
  SANDBOX_EXITED: 'plugin',
  SANDBOX_LIMIT_EXCEEDED: 'plugin',
  SANDBOX_UNRESPONSIVE: 'plugin',
  SANDBOX_PROTOCOL_VIOLATION: 'plugin',
  STORE_UNAVAILABLE: 'host',
  REGISTRY_UNAVAILABLE: 'host',
  HOST_ID_TAKEN: 'host',
  REGISTRY_CONFLICT: 'host',
};
