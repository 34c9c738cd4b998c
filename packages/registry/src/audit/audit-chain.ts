import { createHash } from 'node:crypto';
import type { AuditAnchor } from '@stellaops/plugin-abstractions/hosting';
import { canonicalJson } from './canonical-json.ts';
import type { EventRecord } from './event-record.ts';

/** An event in the chain of its host. */
export interface ChainLink {
  /** Which event of its host, counted from 1. */
  readonly sequence: number;
  /** The hash of the event before; {@link chainStart} for the first. */
  readonly previousHash: string;
  readonly hash: string;
  readonly record: EventRecord;
}

/** The audit trail as it is at one moment. */
export interface AuditChains {
  /** The end of each chain, by host id in code-unit order. */
  heads(): Promise<readonly AuditAnchor[]>;
  /** The hosts that have events, in code-unit order. */
  hosts(): Promise<readonly string[]>;
  /** The events of a host, by sequence. */
  links(hostId: string): AsyncIterable<ChainLink>;
}

/** What stands for the hash of an event before the first. */
export const chainStart = '0'.repeat(64);

/** The link that an event makes behind the head of its chain. */
export function nextLink(head: Pick<AuditAnchor, 'sequence' | 'hash'>, record: EventRecord): ChainLink {
  const previousHash = head.hash;
  return { sequence: head.sequence + 1, previousHash, hash: linkHash(previousHash, record), record };
}

/** SHA-256, hex, of the canonical JSON of the hash before and the event. */
export function linkHash(previousHash: string, record: EventRecord): string {
  return createHash('sha256')
    .update(canonicalJson([previousHash, record]))
    .digest('hex');
}
