import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { checksumsFile, formatChecksums, signatureFile } from '@stellaops/plugin-abstractions/hosting';
import { admitPackage, type Admission } from '../../src/admission/admit-package.ts';
import type { AdmissionOptions } from '../../src/admission/examine-package.ts';
import { keyHint } from '../../src/admission/signature.ts';
import type { SignerKey } from '../../src/admission/signer-keys.ts';
import { trustNobody, trustSigners } from '../../src/admission/trust-policy.ts';

/** A manifest with nothing wrong in it. */
export const manifest: PluginManifest = {
  manifestVersion: 1,
  id: 'acme.scanner',
  name: 'Scanner',
  version: '1.2.3',
  entry: 'dist/plugin.js',
  provides: [{ capability: 'CanScan', version: 1 }],
};

/** The files of a package with nothing wrong in it. */
export const files: Readonly<Record<string, string>> = {
  'plugin.json': JSON.stringify(manifest),
  'dist/plugin.js': 'export const answer = 42;\n',
};

/** A folder with a package in it and room for a store beside it; removed when disposed. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
  readonly package: string;
  readonly store: string;
}

export async function packageFolder(content: Readonly<Record<string, string>> = files): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'admission-'));
  const folder = join(path, 'package');
  for (const [name, text] of Object.entries(content)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return {
    path,
    package: folder,
    store: join(path, 'store'),
    [Symbol.asyncDispose]: () => {
      execFileSync('chmod', ['-R', 'u+rwX', path]); // the copies in a store are read-only
      return rm(path, { recursive: true });
    },
  };
}

/** What a host without any signer holds packages against. */
export function options(folder: TestFolder, more: Partial<AdmissionOptions> = {}): AdmissionOptions {
  return { storeDirectory: folder.store, trust: trustNobody, hostVersion: '0.1.0', ...more };
}

/** Every file below a folder, by its path there. */
export async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** Writes the `SHA256SUMS` of a package and returns its text. */
export async function writeSums(folder: string): Promise<string> {
  const sums = new Map<string, string>();
  for (const path of await listFiles(folder)) {
    if (path === checksumsFile || path === signatureFile) continue;
    sums.set(
      path,
      createHash('sha256')
        .update(await readFile(join(folder, path)))
        .digest('hex'),
    );
  }
  const text = formatChecksums(sums);
  await writeFile(join(folder, checksumsFile), text);
  return text;
}

/** A Sigstore bundle over a text, as cosign makes it. */
export function bundleOf(text: string, privateKey: KeyObject, publicKey: KeyObject) {
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: keyHint(publicKey) } },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(text).digest('base64') },
      signature: sign('sha256', Buffer.from(text), privateKey).toString('base64'),
    },
  };
}

/** A key pair for signing packages. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function p256(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** Packs the package and puts a bundle beside it: the real one, or what `change` makes of it. */
export async function signFolder(
  folder: TestFolder,
  { privateKey, publicKey }: KeyPair,
  change: (bundle: ReturnType<typeof bundleOf>) => unknown = (bundle) => bundle,
): Promise<void> {
  const bundle = change(bundleOf(await writeSums(folder.package), privateKey, publicKey));
  const text = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
  await writeFile(join(folder.package, signatureFile), text);
}

/** Admits the package to a host that trusts these signers. */
export function admitSigned(
  folder: TestFolder,
  keys: Readonly<Record<string, SignerKey>>,
): Promise<Admission> {
  return admitPackage(folder.package, options(folder, { trust: trustSigners(keys) }));
}
