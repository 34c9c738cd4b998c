import type { AuditAnchor, AuditFault, AuditVerification } from '@stellaops/plugin-abstractions/hosting';
import type { AuditChains } from './audit-chain.ts';
import { verifyChain } from './verify-chain.ts';

/** Verifies the chain of every host that has one, or had one when the anchors were noted. */
export async function verifyChains(
  chains: AuditChains,
  anchors: readonly AuditAnchor[],
): Promise<AuditVerification> {
  const heads = await chains.heads();
  const named = [...heads, ...anchors].map(({ hostId }) => hostId);
  const hosts = new Set([...named, ...(await chains.hosts())]);
  const faults: AuditFault[] = [];
  for (const hostId of [...hosts].toSorted()) {
    const head = heads.find((each) => each.hostId === hostId);
    const noted = anchors.filter((anchor) => anchor.hostId === hostId);
    const chain = { hostId, anchors: noted, ...(head && { head }) };
    const fault = await verifyChain(chain, chains.links(hostId));
    if (fault) faults.push(fault);
  }
  return { isIntact: faults.length === 0, heads, faults };
}
