import { chmod, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';

// bubblewrap needs /tmp whatever TMPDIR says.
const prefix = '/tmp/stella-sandbox-';

/** Makes a folder that every user may pass through; whoever makes it removes it. Its name says which process that is. */
export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(`${prefix}${formatIdentity(await readOwnIdentity())}-`);
  await chmod(folder, 0o711);
  return folder;
}

/** Makes such a folder, and removes it after its use. */
export async function useTemporaryFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await makeTemporaryFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the folders of hosts that were killed before they could. */
export async function sweepTemporaryFolders(): Promise<void> {
  const folder = dirname(prefix);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!path.startsWith(prefix)) continue;
    const owner = parseIdentity(path.slice(prefix.length).split('-')[0] ?? '');
    if (owner === undefined || (await findPresence(owner)) !== 'gone' || !(await isOwn(path))) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined); // Another host may be faster.
  }
}

/** Who removes what another user made can be led elsewhere by links that come in between. */
async function isOwn(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}
