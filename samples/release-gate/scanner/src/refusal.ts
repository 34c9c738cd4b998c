import type { ScanRefusal } from '@stellaops-samples/release-gate-contracts';

/** A refusal. The problem is made one line, as the contract demands: it may quote the lockfile. */
export function refuse(reason: ScanRefusal['reason'], problem: string): ScanRefusal {
  return { kind: 'refused', reason, problem: problem.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 500) };
}
