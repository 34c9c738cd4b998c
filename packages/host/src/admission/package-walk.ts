import { lstat, opendir, realpath } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join, sep } from 'node:path';
import { errorCode, packageInvalid, quoted } from './package-invalid.ts';
import type { PackageLimits } from './package-limits.ts';

/** A file of a package. */
export interface PackageFile {
  /** Relative to the package, with `/` between folders. */
  readonly path: string;
  /** The real path at which it is opened: that of the target, for a link. */
  readonly location: string;
}

/** A package directory on disk. */
export interface PackageRoot {
  /** How messages call it. */
  readonly source: string;
  /** Its real path. */
  readonly directory: string;
}

/**
 * The files of a package, links to files among them. Rejects with `PACKAGE_INVALID` for what no package may hold: a link that
 * leaves it or that leads to a folder, a special file, a name that is not UTF-8, more than the limit.
 */
export async function walkPackage(root: PackageRoot, limits: PackageLimits): Promise<readonly PackageFile[]> {
  const files: PackageFile[] = [];
  const folders = [''];
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // One folder at a time, so that the limit holds before a bomb of folders is unpacked in memory.
    const entries: Dirent[] = [];
    for await (const entry of await opendir(join(root.directory, folder))) {
      if (++count > limits.maxFiles) {
        throw packageInvalid(root.source, `it has more than ${limits.maxFiles} files and folders`);
      }
      entries.push(entry);
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder + entry.name;
      if (path.includes('\uFFFD')) throw packageInvalid(root.source, `the name ${quoted(path)} is not UTF-8`);
      if (entry.isDirectory()) folders.push(`${path}/`);
      else if (entry.isFile()) files.push({ path, location: join(root.directory, path) });
      else if (entry.isSymbolicLink()) files.push({ path, location: await followLink(root, path) });
      else throw packageInvalid(root.source, `${quoted(path)} is neither a file, a folder nor a link`);
    }
  }
  return files;
}

async function followLink(root: PackageRoot, path: string): Promise<string> {
  const refuse = (problem: string, cause?: unknown): Error =>
    packageInvalid(root.source, `the link ${quoted(path)} ${problem}`, { cause });
  const target = await realpath(join(root.directory, path)).catch((error: unknown) => {
    throw refuse(`leads nowhere (${errorCode(error)})`, error);
  });
  if (!target.startsWith(root.directory + sep)) throw refuse('leaves the package');
  if (!(await lstat(target)).isFile()) throw refuse('does not lead to a file');
  return target;
}
