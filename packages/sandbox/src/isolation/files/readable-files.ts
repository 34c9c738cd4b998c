import {
  chmod,
  constants,
  copyFile,
  link,
  mkdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { listFolder, type FolderListing } from './folder-listing.ts';
import type { PluginIdentity } from './plugin-identity.ts';

/** Whether that user may get to a path and read it (path_resolution(7)): its mode, and that of each folder above. */
export async function isReadableBy(path: string, identity: PluginIdentity): Promise<boolean> {
  const target = await realpath(path);
  const answers = await Promise.all([
    stat(target).then((entry) => permits(entry, identity, entry.isDirectory() ? 0o5 : 0o4)),
    ...foldersAbove(target).map(async (folder) => permits(await stat(folder), identity, 0o1)),
  ]);
  return !answers.includes(false);
}

/** The files that are being shared now. Who starts a program while it is written is told "Text file busy" (execve(2)). */
const sharing = new Map<string, Promise<string>>();

/** Puts a file that everybody can read into a shared folder, once for each version of it, and returns its path there. */
export async function shareFile(source: string, directory: string): Promise<string> {
  const key = join(directory, source);
  const shared = sharing.get(key) ?? shareOnce(source, directory).finally(() => sharing.delete(key));
  sharing.set(key, shared);
  return shared;
}

async function shareOnce(source: string, directory: string): Promise<string> {
  const file = await realpath(source);
  const { size, mtimeMs, mode } = await stat(file);
  const shared = join(directory, `${size}-${Math.floor(mtimeMs)}-${basename(file)}`);
  if (await isPresent(shared)) return shared;
  // Under another name until it is whole: another launch, or another host, may be doing the same.
  const partial = join(directory, `partial-${process.pid}-${process.hrtime.bigint()}`);
  try {
    await linkOrCopy(file, partial, mode);
    await rename(partial, shared);
  } finally {
    await rm(partial, { force: true });
  }
  return shared;
}

/** The same for a whole folder, to a path that does not exist yet. */
export async function shareDirectory(source: string, target: string): Promise<string> {
  await mkdir(target);
  await allDone([chmod(target, 0o755), fillDirectory(source, target)]);
  return target;
}

/** Puts what is in a folder into another, so that everybody can read it. Whoever has listed it before spares half of the time. */
export async function fillDirectory(source: string, target: string, listed?: FolderListing): Promise<void> {
  const { folders, files, links } = listed ?? (await listFolder(source));
  for (const level of folders) await allDone(level.map((folder) => mkdir(join(target, folder))));
  await allDone([
    ...folders.flat().map((folder) => chmod(join(target, folder), 0o755)),
    ...files.map(({ path, mode }) => linkOrCopy(join(source, path), join(target, path), mode)),
    ...links.map(({ path, leadsTo }) => symlink(leadsTo, join(target, path))),
  ]);
}

/** Links where the file is readable as it is; a change of its mode would change the original. */
async function linkOrCopy(source: string, target: string, mode: number): Promise<void> {
  const wanted = (mode & 0o100) === 0 ? 0o444 : 0o555;
  if ((mode & wanted) === wanted) {
    try {
      await link(source, target);
      return;
    } catch {
      // Another file system, or one without links: copied.
    }
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, wanted);
}

/** Rejects with what the first of them failed of, when nothing is done any more. */
async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

function permits(
  entry: { uid: number; gid: number; mode: number },
  identity: PluginIdentity,
  need: number,
): boolean {
  const shift = entry.uid === identity.uid ? 6 : entry.gid === identity.gid ? 3 : 0;
  return ((entry.mode >> shift) & need) === need;
}

function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}

async function isPresent(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
