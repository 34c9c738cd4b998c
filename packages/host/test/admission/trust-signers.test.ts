import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { keyHint } from '../../src/admission/signature.ts';
import {
  admitSigned,
  bundleOf,
  files,
  p256,
  packageFolder,
  signFolder,
  writeSums,
} from './package-folder.ts';

const pem = ({ publicKey }: ReturnType<typeof p256>) => publicKey.export({ type: 'spki', format: 'pem' });

describe('trustSigners', () => {
  it('trusts a package that one of its keys has signed', async () => {
    await using folder = await packageFolder();
    const [key, other] = [p256(), p256()];
    await signFolder(folder, key);
    const { admitted } = await admitSigned(folder, {
      other: other.publicKey,
      'stella-release': pem(key),
    });
    expect(admitted).toMatchObject({ trustLevel: 'trusted', trustReason: 'signed by stella-release' });
  });

  it('takes a key as PEM, as a key object, and with what is known of it', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key);
    const expires = new Date(Date.now() + 60_000);
    for (const form of [pem(key), key.publicKey, { key: pem(key), revoked: false, expires }]) {
      expect((await admitSigned(folder, { me: form })).admitted?.trustLevel).toBe('trusted');
    }
  });

  it('does not trust a package without a signature', async () => {
    await using folder = await packageFolder();
    await writeSums(folder.package);
    const { admitted } = await admitSigned(folder, { me: p256().publicKey });
    expect(admitted).toMatchObject({ trustLevel: 'untrusted', trustReason: 'not signed' });
  });

  it('does not trust a package signed by somebody else, and names the key', async () => {
    await using folder = await packageFolder();
    const stranger = p256();
    await signFolder(folder, stranger);
    const { admitted } = await admitSigned(folder, { me: p256().publicKey });
    expect(admitted).toMatchObject({
      trustLevel: 'untrusted',
      trustReason: `signed by an unknown key ${keyHint(stranger.publicKey)}`,
    });
  });

  it('does not trust a package whose SHA256SUMS was taken away', async () => {
    await using folder = await packageFolder();
    const key = p256();
    const bundle = bundleOf(await writeSums(folder.package), key.privateKey, key.publicKey);
    await using bare = await packageFolder({ ...files, 'SHA256SUMS.sigstore.json': JSON.stringify(bundle) });
    const { admitted } = await admitSigned(bare, { me: key.publicKey });
    expect(admitted).toMatchObject({
      trustLevel: 'untrusted',
      trustReason: expect.stringContaining('no SHA256SUMS'),
    });
  });

  it('does not trust a certificate, whoever it names', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key, (bundle) => ({
      ...bundle,
      verificationMaterial: { certificate: { rawBytes: Buffer.from('a certificate').toString('base64') } },
    }));
    const { admitted } = await admitSigned(folder, { me: key.publicKey });
    expect(admitted).toMatchObject({
      trustLevel: 'untrusted',
      trustReason: expect.stringContaining('certificate'),
    });
  });

  it('refuses a package that was packed again under an old signature', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key);
    await writeFile(join(folder.package, 'dist/plugin.js'), 'changed');
    await writeSums(folder.package);
    const { refused } = await admitSigned(folder, { me: key.publicKey });
    expect(refused?.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { pluginId: 'acme.scanner', problem: 'its signature by me is for another SHA256SUMS' },
    });
  });

  it('refuses a signature that claims to be by one of its keys and is not', async () => {
    await using folder = await packageFolder();
    const [mine, forger] = [p256(), p256()];
    await signFolder(folder, { privateKey: forger.privateKey, publicKey: mine.publicKey });
    const { refused } = await admitSigned(folder, { me: mine.publicKey });
    expect(refused?.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { problem: 'its signature by me does not verify' },
    });
  });

  it('refuses what a revoked key has signed', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key);
    const { refused } = await admitSigned(folder, { 'old-release': { key: key.publicKey, revoked: true } });
    expect(refused?.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { problem: 'the key of old-release, which its signature names, is revoked' },
    });
  });

  it('refuses what an expired key has signed, from the moment on', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key);
    const expires = new Date(Date.now());
    const { refused } = await admitSigned(folder, { 'old-release': { key: key.publicKey, expires } });
    expect(refused?.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: {
        problem: `the key of old-release, which its signature names, expired at ${expires.toISOString()}`,
      },
    });
  });
});
