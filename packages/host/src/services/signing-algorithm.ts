import type { webcrypto } from 'node:crypto';

/** How a key signs: as JOSE and as the Web Crypto API name it. */
export interface SigningAlgorithm {
  readonly jose: 'HS256' | 'ES256' | 'EdDSA';
  readonly subtle: webcrypto.AlgorithmIdentifier | webcrypto.EcdsaParams;
}

/** `undefined` for a key that does not sign, or not by one of these three. */
export function signingAlgorithm({ algorithm, usages }: webcrypto.CryptoKey): SigningAlgorithm | undefined {
  if (!usages.includes('sign')) return undefined;
  const { name, hash, namedCurve } = { hash: undefined, namedCurve: undefined, ...algorithm };
  if (name === 'Ed25519') return { jose: 'EdDSA', subtle: 'Ed25519' };
  if (name === 'HMAC' && Object(hash).name === 'SHA-256') return { jose: 'HS256', subtle: 'HMAC' };
  if (name === 'ECDSA' && namedCurve === 'P-256')
    return { jose: 'ES256', subtle: { name: 'ECDSA', hash: 'SHA-256' } };
  return undefined;
}
