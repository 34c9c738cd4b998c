import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumsFile, formatChecksums, signatureFile } from '@stellaops/plugin-abstractions/hosting';
import { hashPackageFiles } from './package-files.ts';

/**
 * Writes the `SHA256SUMS` of a package and resolves to its SHA-256, the digest of the package. Removes a signature, which was
 * over what stood there before. Rejects with `PACKAGE_INVALID` for what a host would refuse.
 */
export async function writeChecksums(directory: string): Promise<{ readonly digest: string }> {
  const text = formatChecksums(await hashPackageFiles(directory));
  await rm(join(directory, signatureFile), { force: true });
  await writeFile(join(directory, checksumsFile), text);
  return { digest: createHash('sha256').update(text).digest('hex') };
}
