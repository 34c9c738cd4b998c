import type { AuditEvent } from '@stellaops/plugin-abstractions/hosting';
import { storableText } from './storable-text.ts';

/** An audit event as JSON data: what is hashed, and what a store keeps. */
export interface EventRecord {
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

/** An event as data, with text that every database keeps. */
export function toRecord(event: AuditEvent): EventRecord {
  const { event: name, at, isolation, waivedIsolation, crash, ...scalars } = event;
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

/** The event that {@link toRecord} was given. */
export function toEvent({ at, evidence, ...scalars }: EventRecord): AuditEvent {
  const { crash, ...rest }: Partial<AuditEvent> = structuredClone({ ...evidence });
  const event = {
    ...scalars,
    ...rest,
    at: new Date(at),
    ...(crash && { crash: { ...crash, at: new Date(crash.at) } }),
  };
  return event as AuditEvent; // toRecord() wrote it
}
