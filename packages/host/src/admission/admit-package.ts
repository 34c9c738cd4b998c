import { resolve } from 'node:path';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { examinePackage, type AdmissionOptions, type RefusedPackage } from './examine-package.ts';
import type { TrustDecision } from './trust-policy.ts';

/** A package that may be loaded, and how far it is trusted. */
interface AdmittedPackage {
  readonly manifest: PluginManifest;
  /** SHA-256, hex, of its `SHA256SUMS`. */
  readonly digest: string;
  readonly trustLevel: TrustDecision['trustLevel'];
  /** Why that level: `signed by stella-release`. */
  readonly trustReason: string;
  /** The directory it was found in, absolute. Nothing is loaded from there. */
  readonly source: string;
  /** The read-only copy whose bytes were hashed: the only place to load from. */
  readonly packageDirectory: string;
}

/** The answer of admission: one of the two. */
export type Admission =
  | { readonly admitted: AdmittedPackage; readonly refused?: never }
  | { readonly refused: RefusedPackage; readonly admitted?: never };

/**
 * Decides about a package on disk, without running code of it, and keeps a copy of an admitted one in the store. Never rejects: a
 * refusal has `MANIFEST_INVALID`, `PACKAGE_INVALID`, `ENTRY_INVALID`, `INCOMPATIBLE`, `SIGNATURE_INVALID` or `TRUST_REFUSED`.
 */
export async function admitPackage(directory: string, options: AdmissionOptions): Promise<Admission> {
  const { admissible, refused } = await examinePackage(resolve(directory), options, (staged) =>
    staged.commit(),
  );
  if (refused !== undefined) return { refused };
  const { source, manifest, digest, decision, kept } = admissible;
  const { trustLevel, reason } = decision;
  return { admitted: { manifest, digest, trustLevel, trustReason: reason, source, packageDirectory: kept } };
}
