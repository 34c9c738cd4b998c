import type { CapabilityIdentity, Implementation } from './capability.ts';

/** Finds what serves a call: the host has one of the services that a plugin may call, a plugin one of what it provides. */
export interface ImplementationDirectory {
  /** Throws `CAPABILITY_NOT_DECLARED`, `CAPABILITY_NOT_IMPLEMENTED` or `CAPABILITY_NOT_PROVIDED`. */
  find(capability: CapabilityIdentity): Implementation;
}
