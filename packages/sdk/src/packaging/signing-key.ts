import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** A key pair for signing packages, as PEM texts: PKCS #8 and SubjectPublicKeyInfo. */
export interface SigningKeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a P-256 key pair, the kind that cosign makes and the host verifies. The private key is not encrypted: keep it out of any repository. */
export function createSigningKey(): SigningKeyPair {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Takes a private key that can sign packages. Throws a `TypeError` for any other key; its message holds nothing of the key. */
export function readPrivateKey(privateKey: string | KeyObject): KeyObject {
  const key = typeof privateKey === 'string' ? parsePem(privateKey) : privateKey;
  if (key?.type === 'private' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new TypeError(
    'The signing key is no unencrypted private key on the curve P-256 ("-----BEGIN PRIVATE KEY-----")',
  );
}

/** How cosign names the key of a signature: SHA-256, base64, of the public half's SubjectPublicKeyInfo (DER). */
export function keyHint(privateKey: KeyObject): string {
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64');
}

function parsePem(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // the caller says what was expected; the reasons of OpenSSL help nobody
  }
}
