import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PluginError } from '@stellaops/plugin-abstractions';
import { checksumsFile, signatureFile, type PackageChecksums } from '@stellaops/plugin-abstractions/hosting';

/**
 * Hashes every file of a package but the two that are about it. Rejects with `PACKAGE_INVALID` for what a host would refuse:
 * links that leave the package or lead to a folder, and special files.
 */
export async function hashPackageFiles(directory: string): Promise<PackageChecksums> {
  const root = await realpath(directory);
  const checksums = new Map<string, string>();
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // A bounded number of open files, whatever the package holds
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (path === checksumsFile || path === signatureFile) continue;
      if (entry.isDirectory()) folders.push(`${path}/`);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(root, path)))) {
        checksums.set(path, await hashFile(join(root, path)));
      } else {
        const problem = `${JSON.stringify(path)} is neither a file of the package nor a link to one`;
        throw new PluginError('PACKAGE_INVALID', { source: directory, problem });
      }
    }
  }
  return checksums;
}

async function leadsToFile(root: string, path: string): Promise<boolean> {
  const target = await realpath(join(root, path)).catch(() => undefined);
  return target !== undefined && target.startsWith(root + sep) && (await stat(target)).isFile();
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
