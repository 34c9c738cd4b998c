import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { manifestFile } from '@stellaops/plugin-abstractions/hosting';
import { errorCode } from './package-invalid.ts';

/** What lies in the configured paths. */
export interface Discovery {
  /** Absolute directories that have a `plugin.json`, or where that cannot be told; in the order in which they are admitted. */
  readonly packages: readonly string[];
  /** Configured paths that are no directory, or none that this process may list. */
  readonly missing: readonly string[];
}

/**
 * Finds packages: each path is one, or holds some as direct children. The order is stable: paths as given, children in
 * byte order of their names. Hidden children and those without a `plugin.json` are skipped, and a directory that several
 * names lead to is one. Reads no file, and never rejects for what it finds.
 */
export async function discoverPackages(pluginPaths: readonly string[]): Promise<Discovery> {
  const packages = new Map<string, string>();
  const missing: string[] = [];
  for (const path of pluginPaths.map((given) => resolve(given))) {
    // One after the other: the order decides which of two packages keeps an id.
    const found = await packagesAt(path);
    if (found === undefined) missing.push(path);
    else for (const [real, directory] of found) if (!packages.has(real)) packages.set(real, directory);
  }
  return { packages: [...packages.values()], missing };
}

/** Pairs of the real directory and the name it was found under. */
async function packagesAt(path: string): Promise<readonly (readonly [string, string])[] | undefined> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return undefined;
  const directories = names.includes(manifestFile) ? [path] : await childPackages(path, names);
  return Promise.all(
    directories.map(
      async (directory) => [await realpath(directory).catch(() => directory), directory] as const,
    ),
  );
}

async function childPackages(path: string, names: readonly string[]): Promise<readonly string[]> {
  const children = names
    .filter((name) => !name.startsWith('.'))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => join(path, name));
  const candidates = await Promise.all(children.map(isCandidate));
  return children.filter((_, index) => candidates[index]);
}

/** Where it cannot be told, admission refuses the directory with a reason; to skip it would hide it. */
function isCandidate(directory: string): Promise<boolean> {
  return lstat(join(directory, manifestFile)).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(errorCode(error)),
  );
}
