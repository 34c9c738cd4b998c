import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { admitSigned, manifest, p256, packageFolder, signFolder, writeSums } from './package-folder.ts';

describe('trustSigners', () => {
  it.each([
    ['of bytes that are no signature', 'AAAA'],
    ['with one bit turned', undefined],
  ])('refuses a signature %s', async (_, signature) => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key, (bundle) => {
      const bytes = Buffer.from(bundle.messageSignature.signature, 'base64');
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      const changed = signature ?? bytes.toString('base64');
      return { ...bundle, messageSignature: { ...bundle.messageSignature, signature: changed } };
    });
    const { refused } = await admitSigned(folder, { me: key.publicKey });
    expect(refused?.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { problem: 'its signature by me does not verify' },
    });
  });

  it('refuses a DSSE envelope: it would hold whatever the package has become', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key, ({ messageSignature, ...bundle }) => ({
      ...bundle,
      dsseEnvelope: {
        payload: 'e30=',
        payloadType: 'x',
        signatures: [{ sig: messageSignature.signature, keyid: '' }],
      },
    }));
    const { refused } = await admitSigned(folder, { me: key.publicKey });
    expect(refused?.error).toMatchObject({ code: 'SIGNATURE_INVALID' });
    expect(refused?.error.message).toContain('is not the signature of a file');
  });

  it.each([
    ['not JSON', () => 'hello', 'is no Sigstore bundle'],
    ['empty', () => '', 'is no Sigstore bundle'],
    ['null', () => 'null', 'is no Sigstore bundle'],
    ['another object', () => ({ signed: true }), 'is no Sigstore bundle'],
    ['without a signature', (bundle: object) => ({ ...bundle, messageSignature: undefined }), 'is no'],
    [
      'of version 0.2',
      (bundle: object) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' }),
      'version 0.3',
    ],
    [
      'without the hint',
      (bundle: object) => ({ ...bundle, verificationMaterial: { publicKey: {} } }),
      'does not name its key',
    ],
    [
      'with a hint that is no hash',
      (bundle: object) => ({ ...bundle, verificationMaterial: { publicKey: { hint: '\u001b[2J' } } }),
      'does not name its key',
    ],
  ])('refuses a bundle that is %s', async (_, change, problem) => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key, change);
    const { refused } = await admitSigned(folder, { me: key.publicKey });
    expect(refused?.error).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { pluginId: 'acme.scanner' },
    });
    expect(refused?.error.message).toContain(problem);
    expect(refused?.manifest).toEqual(manifest);
  });

  it('verifies a bundle that has entries of a transparency log, which it has no keys to check', async () => {
    await using folder = await packageFolder();
    const key = p256();
    await signFolder(folder, key, (bundle) => ({
      ...bundle,
      verificationMaterial: {
        ...bundle.verificationMaterial,
        tlogEntries: [
          {
            logIndex: '1',
            logId: { keyId: 'AAAA' },
            kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
            integratedTime: '1700000000',
            inclusionPromise: { signedEntryTimestamp: 'AAAA' },
            inclusionProof: {
              logIndex: '1',
              rootHash: 'AAAA',
              treeSize: '2',
              hashes: [],
              checkpoint: { envelope: 'log' },
            },
            canonicalizedBody: 'e30=',
          },
        ],
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] },
      },
    }));
    expect((await admitSigned(folder, { me: key.publicKey })).admitted?.trustLevel).toBe('trusted');
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

(hasOpenssl ? describe : describe.skip)('a signature', () => {
  it('by OpenSSL, with a key of its own, is trusted', async () => {
    await using folder = await packageFolder();
    const [key, pub] = [join(folder.path, 'key.pem'), join(folder.path, 'pub.pem')];
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
    execFileSync('openssl', ['ec', '-in', key, '-pubout', '-out', pub], { stdio: 'ignore' });
    await writeSums(folder.package);
    const signature = execFileSync('openssl', [
      'dgst',
      '-sha256',
      '-sign',
      key,
      join(folder.package, 'SHA256SUMS'),
    ]);
    const der = execFileSync('openssl', ['pkey', '-pubin', '-in', pub, '-outform', 'DER']);
    const hash = (input: Buffer): string =>
      execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input }).toString('base64');
    const bundle = {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: hash(der) } },
      messageSignature: {
        messageDigest: {
          algorithm: 'SHA2_256',
          digest: hash(await readFile(join(folder.package, 'SHA256SUMS'))),
        },
        signature: signature.toString('base64'),
      },
    };
    await writeFile(join(folder.package, 'SHA256SUMS.sigstore.json'), JSON.stringify(bundle));
    const { admitted } = await admitSigned(folder, { openssl: await readFile(pub, 'utf8') });
    expect(admitted).toMatchObject({ trustLevel: 'trusted', trustReason: 'signed by openssl' });
  });
});
