import { randomBytes } from 'node:crypto';
import { formatIdentity, parseIdentity, type ProcessIdentity } from '@stellaops/plugin-abstractions/hosting';

/** What the name of a segment says. Names sort by the time at which the segments were made. */
export interface SegmentName {
  readonly stem: string;
  /** The process that writes to it or delivers it; missing when its host has stopped. */
  readonly owner?: ProcessIdentity;
}

let last = 0;

/** A stem that no other has, and that sorts behind all that this process has made. */
export function newStem(): string {
  last = Math.max(Date.now(), last + 1);
  return `${String(last).padStart(15, '0')}-${randomBytes(4).toString('hex')}`;
}

export function formatSegmentName({ stem, owner }: SegmentName): string {
  return owner ? `${stem}.journal.${formatIdentity(owner)}` : `${stem}.journal`;
}

/** Reads what {@link formatSegmentName} wrote; `undefined` for anything else. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const [, stem, identity] = /^(\d{15}-[0-9a-f]{8})\.journal(?:\.(.+))?$/.exec(name) ?? [];
  if (stem === undefined) return undefined;
  if (identity === undefined) return { stem };
  const owner = parseIdentity(identity);
  return owner && { stem, owner };
}
