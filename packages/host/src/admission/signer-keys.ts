import { createPublicKey, KeyObject } from 'node:crypto';
import { keyHint } from './signature.ts';

/** A public P-256 key that may sign packages: PEM (`BEGIN PUBLIC KEY`) or a key object, alone or with what is known of it. */
export type SignerKey =
  | string
  | KeyObject
  | {
      readonly key: string | KeyObject;
      /** Nothing that it signed is run any more. Default false. */
      readonly revoked?: boolean;
      /** From then on nothing that it signed is run any more. Default: never. */
      readonly expires?: Date;
    };

/** A signer as the trust policy looks it up. */
export interface Signer {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly isRevoked: boolean;
  readonly expires: Date | undefined;
}

/** Signers by the hint of their key. Throws a `TypeError`, naming the signer, for what is no public P-256 key or is there twice. */
export function readSignerKeys(keys: Readonly<Record<string, SignerKey>>): ReadonlyMap<string, Signer> {
  const signers = new Map<string, Signer>();
  for (const [name, signerKey] of Object.entries(keys)) {
    const signer = readSigner(name, signerKey);
    const hint = keyHint(signer.publicKey);
    const other = signers.get(hint);
    if (other !== undefined)
      throw new TypeError(`The signers ${other.name} and ${name} have the same key: keep one`);
    signers.set(hint, signer);
  }
  return signers;
}

function readSigner(name: string, signerKey: SignerKey): Signer {
  const {
    key,
    revoked = false,
    expires,
  } = typeof signerKey === 'string' || signerKey instanceof KeyObject ? { key: signerKey } : signerKey;
  // An invalid date compares as false to every other, so that the key would never expire.
  if (expires !== undefined && Number.isNaN(expires.getTime())) {
    throw new TypeError(`The expiry of the signer ${name} is no valid date`);
  }
  return { name, publicKey: readPublicKey(name, key), isRevoked: revoked, expires };
}

function readPublicKey(name: string, key: string | KeyObject): KeyObject {
  const isPrivate = typeof key === 'string' ? key.includes('PRIVATE KEY-----') : key.type === 'private';
  if (isPrivate)
    throw new TypeError(
      `The key of the signer ${name} is private: a host needs the public one, and must not hold this`,
    );
  const publicKey = typeof key === 'string' ? parsePem(name, key) : key;
  const { namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.type === 'public' && publicKey.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1')
    return publicKey;
  throw new TypeError(`The key of the signer ${name} is no public key on the curve P-256`);
}

function parsePem(name: string, pem: string): KeyObject {
  try {
    if (pem.includes('-----BEGIN PUBLIC KEY-----')) return createPublicKey(pem);
  } catch {
    // said below: the reasons of OpenSSL help nobody
  }
  throw new TypeError(
    `The key of the signer ${name} is no PEM text of a public key ("-----BEGIN PUBLIC KEY-----")`,
  );
}
