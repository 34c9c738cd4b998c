import type { AuditEvent, LifecycleState } from '@stellaops/plugin-abstractions/hosting';

/** What a registry has to be told: an event, and the state that its plugin is in since. */
export interface JournalEntry {
  readonly event: AuditEvent;
  /** Missing for an event that changes no state. */
  readonly status?: LifecycleState;
}

/** An entry as bytes. */
export function encodeEntry(entry: JournalEntry): Buffer {
  return Buffer.from(JSON.stringify(entry));
}

/** What {@link encodeEntry} was given; `undefined` for bytes that are something else. */
export function decodeEntry(bytes: Uint8Array): JournalEntry | undefined {
  const entry = parse(bytes) as JournalEntry | undefined; // its event is looked at below, and the checksum has held
  const event = Object(entry?.event) as Partial<AuditEvent>;
  const at = new Date(event.at ?? Number.NaN);
  const texts = [event.id, event.event, event.actor, event.hostId];
  if (!entry || texts.some((text) => typeof text !== 'string') || Number.isNaN(at.getTime()))
    return undefined;
  const { crash } = entry.event;
  return {
    ...entry,
    event: { ...entry.event, at, ...(crash && { crash: { ...crash, at: new Date(crash.at) } }) },
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
