import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumsFile, formatChecksums } from '@stellaops/plugin-abstractions/hosting';
import { readPackageContent, type PackageContent } from './package-content.ts';
import { errorCode } from './package-invalid.ts';
import { defaultPackageLimits, type PackageLimits } from './package-limits.ts';

/** Where packages are copied to. */
export interface StageOptions {
  /** A private directory; made, for this user alone, when it is not there. */
  readonly storeDirectory: string;
  readonly limits?: Partial<PackageLimits>;
}

/** A private copy of a package about which nothing is decided yet. Disposing removes it, unless it was committed. */
export interface StagedPackage extends AsyncDisposable {
  readonly directory: string;
  readonly content: PackageContent;
  /** SHA-256, hex, of the `SHA256SUMS` that the content has or would have. */
  readonly digest: string;
  /** Moves the copy, read-only, to where its digest names it, and resolves to that directory; a sound copy there is kept. */
  commit(): Promise<string>;
}

/** A copy under way has this prefix in the store; one that a dead process left may be removed. */
const stagingPrefix = '.incoming-';

/**
 * Copies a package into the store while hashing it. Only files that are hashed are copied, with modes of our own: the
 * copy is a function of the digest. Rejects with `PACKAGE_INVALID` and leaves nothing behind.
 */
export async function stagePackage(source: string, options: StageOptions): Promise<StagedPackage> {
  const { storeDirectory } = options;
  const limits = { ...defaultPackageLimits, ...options.limits };
  const root = { source, directory: await realpath(source) };
  await mkdir(storeDirectory, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(storeDirectory, stagingPrefix));
  try {
    const content = await readPackageContent(root, limits, directory);
    const sums = formatChecksums(content.checksums);
    await writeFile(join(directory, checksumsFile), sums, { flag: 'wx' });
    await chmod(join(directory, checksumsFile), 0o444);
    const digest = createHash('sha256').update(sums).digest('hex');
    return {
      directory,
      content,
      digest,
      commit: () => commit(directory, join(storeDirectory, digest), sums),
      [Symbol.asyncDispose]: () => removeCopy(directory),
    };
  } catch (error) {
    await removeCopy(directory);
    throw error;
  }
}

async function commit(directory: string, target: string, sums: string): Promise<string> {
  await chmodFolders(directory, 0o555);
  try {
    await rename(directory, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error))) throw error;
    if (await isSound(target, sums)) return target;
    // A crash of the machine can leave a name without its bytes, and disks rot: the copy at hand is known to be right.
    const damaged = `${directory}-damaged`;
    await rename(target, damaged);
    await rename(directory, target);
    await removeCopy(damaged);
  }
  return target;
}

/** Whether a directory of the store still holds what its name says. */
async function isSound(directory: string, expected: string): Promise<boolean> {
  const unlimited = { maxFiles: Infinity, maxSizeMiB: Infinity };
  try {
    const root = { source: directory, directory: await realpath(directory) };
    const { checksums, sums, signature } = await readPackageContent(root, unlimited);
    const asExpected = Buffer.from(expected).equals(sums ?? Buffer.of());
    return asExpected && formatChecksums(checksums) === expected && signature === undefined;
  } catch {
    return false;
  }
}

/** Removes a copy, read-only or not. */
async function removeCopy(directory: string): Promise<void> {
  await chmodFolders(directory, 0o700).catch(() => undefined); // gone after a commit
  await rm(directory, { recursive: true, force: true });
}

async function chmodFolders(directory: string, mode: number): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all([directory, ...folders].map((folder) => chmod(folder, mode)));
}
