import type { PluginErrorCode } from '../contract/error-catalogue.ts';
import type { PluginTrustLevel } from '../contract/trust-level.ts';
import type { CrashReport } from './crash-report.ts';
import type { IsolationAspect, IsolationReport } from './isolation-report.ts';

/** What can happen to a plugin that an auditor asks about. */
export type AuditEventName =
  | 'plugin.registered'
  | 'plugin.admitted'
  | 'plugin.refused'
  | 'plugin.configured'
  | 'plugin.disabled'
  | 'plugin.quarantined'
  | 'plugin.enabled'
  | 'plugin.pinned'
  | 'plugin.unpinned'
  | 'plugin.rolledBack'
  | 'plugin.removed'
  | 'plugin.activated'
  | 'plugin.failed'
  /** One of several sandboxes of a plugin ended by itself, and the others go on. */
  | 'plugin.instanceLost'
  | 'plugin.shutdown'
  | 'contract.differs'
  | 'service.used'
  | 'call.rejected';

/** Who did what to which plugin, when. */
export interface AuditEvent {
  /** A UUID that whoever makes the event gives it: a registry writes an id once, so that an event can be sent again when its answer was lost. */
  readonly id: string;
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
  /** Of an untrusted plugin that was activated: what was seen of its isolation. */
  readonly isolation?: IsolationReport;
  /** What the operator chose to do without; missing when nothing. */
  readonly waivedIsolation?: readonly IsolationAspect[];
  /** Of an untrusted plugin that failed, or lost one of several sandboxes: how that ended. */
  readonly crash?: CrashReport;
}

/** An event as the audit trail has it. */
export interface RecordedAuditEvent extends Omit<AuditEvent, 'id'> {
  /** Missing for one that was written before events had ids. */
  readonly id?: string;
  /** Where it stands in the trail; later events have larger ones. Events of several hosts that are written at once may show out of turn. */
  readonly position: number;
}

/** Which events: those for which all of it holds. */
export interface AuditQuery {
  readonly pluginId?: string;
  readonly actor?: string;
  readonly hostId?: string;
  readonly event?: AuditEventName;
  /** At this time or later. */
  readonly from?: Date;
  /** Before this time. */
  readonly until?: Date;
  /** Only positions after this one: that of the last event of the page before. */
  readonly after?: number;
  /** Default 1000. */
  readonly limit?: number;
}

/** How far the chain of a host's events went at some time, and its hash there. */
export interface AuditAnchor {
  readonly hostId: string;
  readonly sequence: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** The first place at which the chain of a host is not what was written. */
export interface AuditFault {
  readonly hostId: string;
  /** Which event of this host, counted from 1. */
  readonly sequence: number;
  readonly kind: 'altered' | 'missing' | 'inserted';
  /** What was seen there, for people. */
  readonly problem: string;
}

/** What came of reading the whole audit trail. */
export interface AuditVerification {
  readonly isIntact: boolean;
  /** The end of each chain, by host id in code-unit order: note them elsewhere, as anchors of a later verification. */
  readonly heads: readonly AuditAnchor[];
  /** The first fault of each chain that has one. */
  readonly faults: readonly AuditFault[];
}
