import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import type { LifecycleState, PluginRestriction } from '@stellaops/plugin-abstractions/hosting';
import type { ColumnType, GeneratedAlways } from 'kysely';

/** An `int8`: a driver may give it as text, as a bigint or as a number. */
type Int8 = ColumnType<string | bigint | number, number, number>;
/** A `timestamptz(3)`. */
type Timestamp = ColumnType<Date, string, string>;
/** A `json`: it is written as text, so that it stays as it came, and no driver takes an array for one of SQL. */
type Json = ColumnType<unknown, string, string>;
type OptionalJson = ColumnType<unknown, string | null, string | null>;

interface PluginsTable {
  readonly id: string;
  readonly name: string;
  readonly trust_level: PluginTrustLevel;
  readonly status: LifecycleState;
  readonly config_json: OptionalJson;
  readonly registered_at: Timestamp;
}

interface PluginVersionsTable {
  readonly id: GeneratedAlways<string>;
  readonly plugin_id: string;
  readonly version: string;
  readonly assembly_hash: string;
  readonly published_at: Timestamp;
  readonly manifest: Json;
}

interface PluginCapabilitiesTable {
  readonly plugin_version_id: string;
  readonly direction: 'provides' | 'requires';
  readonly capability: string;
  readonly version: number;
  readonly parameters: OptionalJson;
}

interface PluginDesiredStatesTable {
  readonly plugin_id: string;
  readonly pinned_version: string | null;
  readonly restriction: PluginRestriction['kind'] | null;
  readonly restricted_at: ColumnType<Date | null, string | null, string | null>;
  readonly restricted_by: string | null;
  readonly restriction_reason: string | null;
}

interface AuditChainsTable {
  readonly host_id: string;
  readonly length: Int8;
  readonly head_hash: string;
}

interface AuditEventsTable {
  readonly id: ColumnType<string | bigint | number, never, never>;
  /** That of the event itself. */
  readonly event_id: string | null;
  readonly host_id: string;
  readonly sequence: Int8;
  readonly event: string;
  readonly at: Timestamp;
  readonly actor: string;
  readonly plugin_id: string | null;
  readonly version: string | null;
  readonly trust_level: string | null;
  readonly capability: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly evidence: OptionalJson;
  readonly previous_hash: string;
  readonly hash: string;
}

interface RegistryIdentityTable {
  readonly id: string;
}

interface PluginHostsTable {
  readonly host_id: string;
  readonly incarnation: string;
  readonly machine: string;
  readonly process_id: Int8;
  readonly process_identity: string;
  readonly joined_at: Timestamp;
  readonly heartbeat_at: Timestamp;
  readonly lost_after_ms: Int8;
}

interface PluginInstancesTable {
  readonly host_id: string;
  readonly plugin_id: string;
  readonly version: string;
  readonly state: LifecycleState;
  readonly since: Timestamp;
  readonly code: string | null;
  readonly detail: string | null;
}

/** The tables of the catalogue, as the last migration leaves them. */
export interface Tables {
  readonly plugins: PluginsTable;
  readonly plugin_versions: PluginVersionsTable;
  readonly plugin_capabilities: PluginCapabilitiesTable;
  readonly plugin_desired_states: PluginDesiredStatesTable;
  readonly plugin_hosts: PluginHostsTable;
  readonly plugin_instances: PluginInstancesTable;
  readonly audit_chains: AuditChainsTable;
  readonly audit_events: AuditEventsTable;
  readonly registry_identity: RegistryIdentityTable;
}
