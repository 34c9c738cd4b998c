import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { SignerKey } from '../../src/admission/signer-keys.ts';
import { trustSigners } from '../../src/admission/trust-policy.ts';
import { p256 } from './package-folder.ts';

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });

describe('a key that trustSigners is given', () => {
  const { privateKey, publicKey } = p256();
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const sec1Pem = privateKey.export({ type: 'sec1', format: 'pem' });

  it.each([
    ['a private key as PEM', privatePem, 'is private'],
    ['a private key as SEC 1', sec1Pem, 'is private'],
    ['a private key object', privateKey, 'is private'],
    ['an Ed25519 key', pem(generateKeyPairSync('ed25519').publicKey), 'is no public key on the curve P-256'],
    [
      'a P-384 key',
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey,
      'is no public key on the curve P-256',
    ],
    [
      'an RSA key',
      pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
      'is no public key on the curve P-256',
    ],
    ['no PEM', 'hello', 'is no PEM text'],
    ['a broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', 'is no PEM text'],
    ['an expiry that is no date', { key: publicKey, expires: new Date('soon') }, 'is no valid date'],
  ])('is refused at once when it is %s', (_, key: SignerKey, problem) => {
    expect(() => trustSigners({ 'my-signer': key })).toThrow(TypeError);
    expect(() => trustSigners({ 'my-signer': key })).toThrow(problem);
    expect(() => trustSigners({ 'my-signer': key })).toThrow('the signer my-signer');
  });

  it('is refused when two signers have it: revoking one would not revoke the other', () => {
    expect(() => trustSigners({ a: publicKey, b: { key: publicKey, revoked: true } })).toThrow(
      'The signers a and b have the same key',
    );
  });
});
