import type { AuditAnchor, AuditFault } from '@stellaops/plugin-abstractions/hosting';
import { chainStart, linkHash, type ChainLink } from './audit-chain.ts';

/** What is known of a chain beside its links. */
export interface ChainToVerify {
  readonly hostId: string;
  /** Where it ends, as the store keeps it beside the events; missing when it knows of no such chain. */
  readonly head?: AuditAnchor;
  /** Heads that were noted elsewhere. */
  readonly anchors: readonly AuditAnchor[];
}

type Fault = Omit<AuditFault, 'hostId'>;
type Place = Pick<ChainLink, 'sequence' | 'previousHash' | 'hash'>;

const beginning: Place = { sequence: 0, previousHash: '', hash: chainStart };

/** The first place at which a chain is not what was written; `undefined` when there is none. The links come by sequence. */
export async function verifyChain(
  chain: ChainToVerify,
  links: AsyncIterable<ChainLink>,
): Promise<AuditFault | undefined> {
  let last = beginning;
  for await (const link of links) {
    const fault = faultOfPlace(chain, last, link) ?? faultOfContent(chain, last, link);
    if (fault) return { hostId: chain.hostId, ...fault };
    last = link;
  }
  const fault = faultOfEnd(chain, last);
  return fault && { hostId: chain.hostId, ...fault };
}

function faultOfPlace({ head }: ChainToVerify, last: Place, { sequence }: ChainLink): Fault | undefined {
  const expected = last.sequence + 1;
  const length = head?.sequence ?? 0;
  if (sequence < expected)
    return { sequence, kind: 'inserted', problem: 'another event has this number already' };
  if (sequence === expected && sequence > length)
    return { sequence, kind: 'inserted', problem: `the chain ends with number ${length}` };
  if (sequence > expected)
    return expected > length
      ? { sequence, kind: 'inserted', problem: `the chain ends with number ${length}` }
      : { sequence: expected, kind: 'missing', problem: `the next that is there is number ${sequence}` };
  return undefined;
}

function faultOfContent({ anchors }: ChainToVerify, last: Place, link: ChainLink): Fault | undefined {
  const { sequence, previousHash } = link;
  if (hashOf(link) !== link.hash)
    return { sequence, kind: 'altered', problem: 'its hash is not that of what stands there' };
  if (previousHash !== last.hash) {
    // This link was written behind another than the one that stands before it now.
    if (last === beginning)
      return { sequence, kind: 'altered', problem: 'it was written behind another event' };
    return previousHash === last.previousHash
      ? {
          sequence: last.sequence,
          kind: 'inserted',
          problem: 'the event after it was written behind the one before it',
        }
      : {
          sequence: last.sequence,
          kind: 'altered',
          problem: 'the event after it was written behind another',
        };
  }
  const anchor = anchors.find((each) => each.sequence === sequence);
  if (anchor && anchor.hash !== link.hash)
    return { sequence, kind: 'altered', problem: `its hash was noted as ${anchor.hash}` };
  return undefined;
}

function faultOfEnd({ head, anchors }: ChainToVerify, last: Place): Fault | undefined {
  const length = Math.max(head?.sequence ?? 0, ...anchors.map(({ sequence }) => sequence));
  if (last.sequence < length) {
    const problem = `the chain ended with number ${length}, and ends with ${last.sequence}`;
    return { sequence: last.sequence + 1, kind: 'missing', problem };
  }
  if (head && head.hash !== last.hash)
    return {
      sequence: last.sequence,
      kind: 'altered',
      problem: 'its hash is not that of the end of the chain',
    };
  return undefined;
}

function hashOf({ previousHash, record }: ChainLink): string | undefined {
  try {
    return linkHash(previousHash, record);
  } catch {
    return undefined; // what cannot be hashed was not written by a registry
  }
}
