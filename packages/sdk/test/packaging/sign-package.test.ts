import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createSigningKey, signPackage, writeChecksums } from '../../src/packaging.ts';
import { packageFolder } from './package-folder.ts';

describe('createSigningKey', () => {
  it('makes a P-256 pair as PEM, another one each time', () => {
    const { privateKey, publicKey } = createSigningKey();
    expect(createPrivateKey(privateKey).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(createPublicKey(privateKey).equals(createPublicKey(publicKey))).toBe(true);
    expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(createSigningKey().publicKey).not.toBe(publicKey);
  });
});

describe('signPackage', () => {
  it('writes the bundle that cosign writes for a key and no transparency log', async () => {
    await using folder = await packageFolder({ a: '' });
    const { digest } = await writeChecksums(folder.package);
    const { privateKey, publicKey } = createSigningKey();
    const { keyHint } = await signPackage(folder.package, privateKey);
    const bundle = JSON.parse(await readFile(join(folder.package, 'SHA256SUMS.sigstore.json'), 'utf8'));
    const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
    expect(keyHint).toBe(createHash('sha256').update(der).digest('base64'));
    expect(bundle).toEqual({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: keyHint } },
      messageSignature: {
        messageDigest: { algorithm: 'SHA2_256', digest: Buffer.from(digest, 'hex').toString('base64') },
        signature: expect.any(String),
      },
    });
    const signature = Buffer.from(bundle.messageSignature.signature, 'base64');
    expect(verify('sha256', await readFile(join(folder.package, 'SHA256SUMS')), publicKey, signature)).toBe(
      true,
    );
  });

  it('refuses a package that is not what its SHA256SUMS says', async () => {
    await using folder = await packageFolder({ a: '' });
    await writeChecksums(folder.package);
    await writeFile(join(folder.package, 'a'), 'changed');
    await expect(signPackage(folder.package, createSigningKey().privateKey)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      details: { problem: 'it is not what its SHA256SUMS says' },
    });
  });

  it('refuses a package that was not packed', async () => {
    await using folder = await packageFolder({ a: '' });
    await expect(signPackage(folder.package, createSigningKey().privateKey)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      details: { problem: 'it has no SHA256SUMS that could be signed' },
    });
  });

  it.each([
    ['a public key', createSigningKey().publicKey],
    ['an Ed25519 key', generateKeyPairSync('ed25519').privateKey],
    ['a P-384 key', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['a text that is no key', 'secret words'],
  ])('refuses %s, and does not repeat it', async (_, key) => {
    await using folder = await packageFolder({ a: '' });
    await writeChecksums(folder.package);
    await expect(signPackage(folder.package, key)).rejects.toThrow(
      new TypeError(
        'The signing key is no unencrypted private key on the curve P-256 ("-----BEGIN PRIVATE KEY-----")',
      ),
    );
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

(hasOpenssl ? describe : describe.skip)('OpenSSL', () => {
  it('verifies the signature of a package', async () => {
    await using folder = await packageFolder({ a: '' });
    await writeChecksums(folder.package);
    const { privateKey, publicKey } = createSigningKey();
    await signPackage(folder.package, privateKey);
    const bundle = JSON.parse(await readFile(join(folder.package, 'SHA256SUMS.sigstore.json'), 'utf8'));
    await writeFile(join(folder.path, 'signature'), bundle.messageSignature.signature, 'base64');
    await writeFile(join(folder.path, 'key.pub'), publicKey);
    const args = ['dgst', '-sha256', '-verify', 'key.pub', '-signature', 'signature', 'package/SHA256SUMS'];
    const said = execFileSync('openssl', args, { cwd: folder.path, encoding: 'utf8' });
    expect(said).toContain('Verified OK');
  });
});
