import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { TrustCandidate, TrustDecision, TrustPolicy } from './trust-policy.ts';

/**
 * The tier that a package is admitted with: what the policy grants, lowered where the package asks for it or was never packed.
 * Rejects with `TRUST_REFUSED` or `SIGNATURE_INVALID`. A policy is foreign code: a failure, or an answer that its type rules
 * out, refuses the package.
 */
export async function decideTrust(policy: TrustPolicy, candidate: TrustCandidate): Promise<TrustDecision> {
  const pluginId = candidate.manifest.id;
  const decision = await ask(policy, candidate);
  const { trustLevel, reason } = decision;
  if (!['trusted', 'untrusted'].includes(trustLevel)) {
    const problem = `it granted "${trustLevel as string}", and a package on disk can be trusted or untrusted`;
    throw new PluginError('TRUST_REFUSED', { pluginId, problem });
  }
  if (trustLevel === 'trusted' && candidate.manifest.trust === 'untrusted') {
    return { trustLevel: 'untrusted', reason: 'asks to run as untrusted' };
  }
  if (trustLevel === 'trusted' && candidate.sums === undefined) {
    return { trustLevel: 'untrusted', reason: 'has no SHA256SUMS' };
  }
  return { trustLevel, reason };
}

async function ask(policy: TrustPolicy, candidate: TrustCandidate): Promise<TrustDecision> {
  try {
    return await policy(candidate);
  } catch (cause) {
    if (isPluginError(cause)) throw cause;
    const problem = `it failed with ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`;
    throw new PluginError('TRUST_REFUSED', { pluginId: candidate.manifest.id, problem }, { cause });
  }
}
