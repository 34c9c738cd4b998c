import { readdir, readlink, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What stands in a folder, by paths within it. What is neither a folder, a file nor a link is not listed. */
export interface FolderListing {
  /** Those of the first level, those within them, and so on. */
  readonly folders: readonly (readonly string[])[];
  readonly files: readonly { readonly path: string; readonly mode: number }[];
  readonly links: readonly { readonly path: string; readonly leadsTo: string }[];
}

/** Lists a folder and all that is within it. */
export async function listFolder(folder: string): Promise<FolderListing> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pathsOf = (kind: 'isDirectory' | 'isFile' | 'isSymbolicLink'): readonly string[] =>
    entries
      .filter((entry) => entry[kind]())
      .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  const levels = Map.groupBy(pathsOf('isDirectory'), (path) => path.split('/').length);
  const [files, links] = await Promise.all([
    Promise.all(
      pathsOf('isFile').map(async (path) => ({ path, mode: (await stat(join(folder, path))).mode })),
    ),
    Promise.all(
      pathsOf('isSymbolicLink').map(async (path) => ({ path, leadsTo: await readlink(join(folder, path)) })),
    ),
  ]);
  const folders = [...levels].toSorted(([one], [other]) => one - other).map(([, paths]) => paths);
  return { folders, files, links };
}
