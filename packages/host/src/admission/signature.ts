import { createHash, type KeyObject } from 'node:crypto';
import {
  bundleFromJSON,
  BUNDLE_V03_MEDIA_TYPE,
  isBundleWithMessageSignature,
  isBundleWithPublicKey,
  type Bundle,
  type BundleWithMessageSignature,
} from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { toSignedEntity, VerificationError, Verifier, type TrustMaterial } from '@sigstore/verify';

/** A signature over the `SHA256SUMS` of a package. */
export interface PackageSignature {
  readonly bundle: BundleWithMessageSignature;
  /** Which key claims to have signed; `undefined` for a certificate. A claim, until {@link signatureProblem} has looked. */
  readonly keyHint: string | undefined;
}

const sha256Base64 = /^[A-Za-z0-9+/]{43}=$/;

/** How cosign names a public key: SHA-256, base64, of its SubjectPublicKeyInfo (DER). */
export function keyHint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

/** Reads a Sigstore bundle v0.3 that signs a file, or says why it is none. */
export function readSignature(bytes: Uint8Array): PackageSignature | string {
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return 'is no Sigstore bundle';
  }
  if (bundle.mediaType !== BUNDLE_V03_MEDIA_TYPE) return 'is no Sigstore bundle of version 0.3';
  // A DSSE envelope carries its own payload: its signature would hold whatever the package has become.
  if (!isBundleWithMessageSignature(bundle)) return 'is not the signature of a file';
  if (!isBundleWithPublicKey(bundle)) return { bundle, keyHint: undefined };
  const { hint } = bundle.verificationMaterial.content.publicKey;
  return sha256Base64.test(hint) ? { bundle, keyHint: hint } : 'does not name its key by SHA-256';
}

/**
 * Why a signature by this key does not hold for these bytes; `undefined` when it does. Needs no network: entries of a
 * transparency log and timestamps are left aside, for there is no trust root here to check them against.
 */
export function signatureProblem(
  { bundle }: PackageSignature,
  signed: Uint8Array,
  publicKey: KeyObject,
): string | undefined {
  const { messageDigest } = bundle.content.messageSignature;
  const digest = createHash('sha256').update(signed).digest();
  if (messageDigest.algorithm !== HashAlgorithm.SHA2_256 || !digest.equals(messageDigest.digest)) {
    return 'is for another SHA256SUMS';
  }
  const verificationMaterial = {
    ...bundle.verificationMaterial,
    tlogEntries: [],
    timestampVerificationData: undefined,
  };
  const trustMaterial: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey, validFor: () => true }),
  };
  try {
    new Verifier(trustMaterial, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(
      toSignedEntity({ ...bundle, verificationMaterial }, Buffer.from(signed)),
    );
    return undefined;
  } catch (error) {
    if (error instanceof VerificationError) return 'does not verify';
    throw error;
  }
}
