import { PluginError, type PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { signatureFile, type PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { readSignature, signatureProblem } from './signature.ts';
import { readSignerKeys, type Signer, type SignerKey } from './signer-keys.ts';

/** A package that asks to be admitted: its manifest holds, and its files are those of its `SHA256SUMS`. */
export interface TrustCandidate {
  /** The directory it was found in. */
  readonly source: string;
  readonly manifest: PluginManifest;
  readonly digest: string;
  /** The bytes of its `SHA256SUMS`, when it has one: what a signature is over. */
  readonly sums?: Uint8Array;
  /** The bytes of its `SHA256SUMS.sigstore.json`, when it has one. */
  readonly signature?: Uint8Array;
}

/** The tier that a policy grants, and why, in the words of a table cell. Nothing on disk can be built-in. */
export interface TrustDecision {
  readonly trustLevel: Exclude<PluginTrustLevel, 'builtIn'>;
  readonly reason: string;
}

/**
 * Decides how far a package is trusted. Refuses it by throwing `TRUST_REFUSED` or `SIGNATURE_INVALID`; whatever else is thrown
 * refuses it too.
 */
export type TrustPolicy = (candidate: TrustCandidate) => Promise<TrustDecision> | TrustDecision;

/** The policy of a host that was given none: every package is untrusted. */
export function trustNobody(): TrustDecision {
  return untrusted('no signer is trusted by this host');
}

/**
 * Trusts what one of these keys has signed, by the name of the signer. What is unsigned, or signed by somebody else, is
 * untrusted; a signature by one of the keys that does not hold, and one by a revoked or expired key, is refused with
 * `SIGNATURE_INVALID`. Throws a `TypeError` for a key that is not a public P-256 key.
 */
export function trustSigners(keys: Readonly<Record<string, SignerKey>>): TrustPolicy {
  const signers = readSignerKeys(keys);
  return (candidate) => decide(candidate, signers);
}

function decide(candidate: TrustCandidate, signers: ReadonlyMap<string, Signer>): TrustDecision {
  const { manifest, sums, signature: bytes } = candidate;
  const refuse = (problem: string): PluginError =>
    new PluginError('SIGNATURE_INVALID', { pluginId: manifest.id, problem });
  if (bytes === undefined) return untrusted('not signed');
  const signature = readSignature(bytes);
  if (typeof signature === 'string') throw refuse(`its ${signatureFile} ${signature}`);
  if (sums === undefined) return untrusted('has a signature, but no SHA256SUMS that it could be of');
  if (signature.keyHint === undefined) return untrusted('signed by a certificate, not by a key of this host');
  const signer = signers.get(signature.keyHint);
  if (signer === undefined) return untrusted(`signed by an unknown key ${signature.keyHint}`);
  const { name, publicKey, isRevoked, expires } = signer;
  if (isRevoked) throw refuse(`the key of ${name}, which its signature names, is revoked`);
  if (expires !== undefined && expires.getTime() <= Date.now()) {
    throw refuse(`the key of ${name}, which its signature names, expired at ${expires.toISOString()}`);
  }
  const problem = signatureProblem(signature, sums, publicKey);
  if (problem !== undefined) throw refuse(`its signature by ${name} ${problem}`);
  return { trustLevel: 'trusted', reason: `signed by ${name}` };
}

function untrusted(reason: string): TrustDecision {
  return { trustLevel: 'untrusted', reason };
}
