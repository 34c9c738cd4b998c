import { createHash, sign, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import { checksumsFile, formatChecksums, signatureFile } from '@stellaops/plugin-abstractions/hosting';
import { hashPackageFiles } from './package-files.ts';
import { keyHint, readPrivateKey } from './signing-key.ts';

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * Signs the `SHA256SUMS` of a package with a P-256 key (PEM or key object) and writes the Sigstore bundle that
 * `cosign sign-blob --key --bundle --tlog-upload=false` writes. Rejects with `PACKAGE_INVALID` when the package is not what
 * its `SHA256SUMS` says, and with a `TypeError` for another kind of key. Resolves to the hint by which hosts know the key.
 */
export async function signPackage(
  directory: string,
  privateKey: string | KeyObject,
): Promise<{ readonly keyHint: string }> {
  const key = readPrivateKey(privateKey);
  const sums = await readChecksums(directory);
  const hint = keyHint(key);
  const bundle = {
    mediaType,
    verificationMaterial: { publicKey: { hint } },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(sums).digest('base64') },
      signature: sign('sha256', sums, key).toString('base64'),
    },
  };
  await writeFile(join(directory, signatureFile), `${JSON.stringify(bundle)}\n`);
  return { keyHint: hint };
}

async function readChecksums(directory: string): Promise<Buffer> {
  const refuse = (problem: string, cause?: unknown): PluginError =>
    new PluginError('PACKAGE_INVALID', { source: directory, problem }, { cause });
  const sums = await readFile(join(directory, checksumsFile)).catch((error: unknown) => {
    throw refuse(`it has no ${checksumsFile} that could be signed`, error);
  });
  if (sums.equals(Buffer.from(formatChecksums(await hashPackageFiles(directory))))) return sums;
  throw refuse(`it is not what its ${checksumsFile} says`);
}
