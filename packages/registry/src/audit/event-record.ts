import type { AuditEvent, RecordedAuditEvent } from '@stellaops/plugin-abstractions/hosting';
import { storableText } from './storable-text.ts';

/** An audit event as JSON data: what is hashed, and what a store keeps. */
export interface EventRecord {
  /** Missing in events from before events had ids. */
  readonly id?: string;
  readonly event: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  readonly actor: string;
  readonly hostId: string;
  readonly pluginId?: string;
  readonly version?: string;
  readonly trustLevel?: string;
  readonly capability?: string;
  readonly code?: string;
  readonly detail?: string;
  /** Everything that is more than text. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

const textFields = ['actor', 'hostId', 'pluginId', 'version', 'capability', 'detail'] as const;

/** RFC 9562, as `randomUUID()` writes it. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An event as data, with text that every database keeps. Throws a `TypeError` for an id that is no UUID in lower case. */
export function toRecord(event: AuditEvent): EventRecord {
  const { event: name, at, isolation, waivedIsolation, crash, ...scalars } = event;
  if (!uuid.test(event.id)) throw new TypeError(`the id of an audit event must be a UUID, not "${event.id}"`);
  const texts: Record<string, string> = {};
  for (const field of textFields) {
    const text = scalars[field];
    if (text !== undefined) texts[field] = storableText(text);
  }
  const evidence: NonNullable<EventRecord['evidence']> = JSON.parse(
    JSON.stringify({ isolation, waivedIsolation, crash }),
  );
  return {
    ...scalars,
    ...texts,
    event: name,
    at: at.toISOString(),
    ...(Object.keys(evidence).length > 0 && { evidence }),
  };
}

/** The event that {@link toRecord} was given, or an earlier version of it. */
export function toEvent({ at, evidence, ...scalars }: EventRecord): Omit<RecordedAuditEvent, 'position'> {
  const { crash, ...rest }: Partial<AuditEvent> = structuredClone({ ...evidence });
  const event = {
    ...scalars,
    ...rest,
    at: new Date(at),
    ...(crash && { crash: { ...crash, at: new Date(crash.at) } }),
  };
  return event as Omit<RecordedAuditEvent, 'position'>; // toRecord() wrote it
}
