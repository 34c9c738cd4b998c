import type {
  DesiredState,
  PluginManifest,
  RecordedAuditEvent,
  RegisteredPlugin,
  RegisteredVersion,
} from '@stellaops/plugin-abstractions/hosting';
import type { Selectable } from 'kysely';
import type { ChainLink } from '../audit/audit-chain.ts';
import { toEvent, type EventRecord } from '../audit/event-record.ts';
import type { Tables } from './tables.ts';

export type EventRow = Selectable<Tables['audit_events']>;
type Nullable<Row> = { readonly [Name in keyof Row]: Row[Name] | null };

/** A plugin beside what operators want of it, and one of its versions. */
export type EntryRow = Selectable<Tables['plugins']> &
  Nullable<Omit<Selectable<Tables['plugin_desired_states']>, 'plugin_id'>> &
  Nullable<
    Pick<Selectable<Tables['plugin_versions']>, 'version' | 'assembly_hash' | 'published_at' | 'manifest'>
  >;

/** The part of it that says what operators want. */
type DesiredRow = Pick<
  EntryRow,
  'id' | 'restriction' | 'restricted_at' | 'restricted_by' | 'restriction_reason' | 'pinned_version'
>;

/** The plugins of rows that come by id and then by version. */
export function entriesOf(rows: readonly EntryRow[]): readonly RegisteredPlugin[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap(([first, ...others]) =>
    first ? [entryOf(first, others)] : [],
  );
}

function entryOf(first: EntryRow, others: readonly EntryRow[]): RegisteredPlugin {
  const { name, trust_level: trustLevel, status, config_json: config } = first;
  return {
    name,
    trustLevel,
    status,
    ...(config !== null && { config }),
    registeredAt: new Date(first.registered_at),
    versions: [first, ...others].flatMap(versionOf),
    ...desiredState(first),
  };
}

/** What operators want of a plugin. */
export function desiredState(row: DesiredRow): DesiredState {
  const { restriction: kind, restricted_at: since, restricted_by: actor } = row;
  const { restriction_reason: reason, pinned_version: pinnedVersion } = row;
  return {
    id: row.id,
    ...(kind !== null &&
      since !== null &&
      actor !== null && {
        restriction: { kind, since: new Date(since), actor, ...(reason !== null && { reason }) },
      }),
    ...(pinnedVersion !== null && { pinnedVersion }),
  };
}

function versionOf(row: EntryRow): readonly RegisteredVersion[] {
  const { version, assembly_hash: digest, published_at: publishedAt } = row;
  if (version === null || digest === null || publishedAt === null) return [];
  const manifest = row.manifest as PluginManifest; // a host checked it before it was registered
  return [{ version, digest, manifest, publishedAt: new Date(publishedAt) }];
}

/** An event as the row of a table, without its place in the chain. */
export function eventColumns(record: EventRecord) {
  const { id, hostId, pluginId, trustLevel, evidence, version, capability, code, detail, ...same } = record;
  return {
    ...same,
    event_id: id ?? null,
    host_id: hostId,
    plugin_id: pluginId ?? null,
    version: version ?? null,
    trust_level: trustLevel ?? null,
    capability: capability ?? null,
    code: code ?? null,
    detail: detail ?? null,
    evidence: evidence ? JSON.stringify(evidence) : null,
  };
}

/** The event of a row, and its position in the trail. */
export function recordedEventOf(row: EventRow): RecordedAuditEvent {
  return { ...toEvent(recordOf(row)), position: Number(row.id) };
}

/** The link of a row. */
export function linkOf(row: EventRow): ChainLink {
  const { sequence, previous_hash: previousHash, hash } = row;
  return { sequence: Number(sequence), previousHash, hash, record: recordOf(row) };
}

function recordOf(row: EventRow): EventRecord {
  const { event, actor, host_id: hostId, plugin_id: pluginId, trust_level: trustLevel } = row;
  const { version, capability, code, detail } = row;
  return {
    ...(row.event_id !== null && { id: row.event_id }),
    event,
    at: isoOf(row.at),
    actor,
    hostId,
    ...(pluginId !== null && { pluginId }),
    ...(version !== null && { version }),
    ...(trustLevel !== null && { trustLevel }),
    ...(capability !== null && { capability }),
    ...(code !== null && { code }),
    ...(detail !== null && { detail }),
    ...(row.evidence !== null && { evidence: Object(row.evidence) }),
  };
}

/** PostgreSQL has times that JavaScript has not, such as `infinity`: somebody wrote them behind the back of the registry. */
function isoOf(time: Date): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
