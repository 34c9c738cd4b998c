import type { PluginErrorCode } from '../contract/error-catalogue.ts';
import type { PluginTrustLevel } from '../contract/trust-level.ts';

/** What can happen to a plugin that an auditor asks about. */
export type AuditEventName =
  | 'plugin.registered'
  | 'plugin.admitted'
  | 'plugin.refused'
  | 'plugin.configured'
  | 'plugin.activated'
  | 'plugin.failed'
  | 'plugin.shutdown'
  | 'contract.differs'
  | 'call.rejected';

/** Who did what to which plugin, when. */
export interface AuditEvent {
  readonly event: AuditEventName;
  readonly at: Date;
  /** Who answers for it, as the operator of the host says; without a word of the operator, the host itself. */
  readonly actor: string;
  readonly hostId: string;
  /** Missing for a package that was refused before its id could be read; `detail` then names it. */
  readonly pluginId?: string;
  readonly version?: string;
  readonly trustLevel?: PluginTrustLevel;
  readonly capability?: string;
  readonly code?: PluginErrorCode;
  readonly detail?: string;
}
