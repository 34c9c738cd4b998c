import { constants } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { packageInvalid, quoted } from './package-invalid.ts';
import type { PackageFile, PackageRoot } from './package-walk.ts';

/**
 * Opens what the walk saw, and refuses anything else that took its place since. `O_NOFOLLOW` guards the last part of the path,
 * what the descriptor really points at guards the folders (proc_pid_fd(5); a look at the path where there is no `/proc`),
 * and `O_NONBLOCK` keeps a fifo from blocking the open.
 */
export async function openPackageFile(root: PackageRoot, file: PackageFile): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file.location, flags);
  try {
    const opened = await (process.platform === 'linux'
      ? readlink(`/proc/self/fd/${handle.fd}`)
      : realpath(file.location));
    if (opened === file.location && (await handle.stat()).isFile()) return handle;
    throw packageInvalid(root.source, `${quoted(file.path)} changed while it was read`);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
