import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';

/** The right of one process to a folder, for PGlite keeps nobody from opening it twice, and then loses data. */
export interface FolderClaim {
  release(): Promise<void>;
}

/**
 * Claims a folder, and makes it where it is missing. Rejects with `REGISTRY_UNAVAILABLE` while another claims it, of whom a claim is left
 * when it was killed: one of a process that is gone is taken away. Of two that claim at once both may be refused, never none.
 */
export async function claimFolder(folder: string): Promise<FolderClaim> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const identity = formatIdentity(await readOwnIdentity());
  const own = `open.${identity}.${randomBytes(4).toString('hex')}`;
  await writeFile(join(folder, own), '', { flag: 'wx' });
  const release = (): Promise<void> => rm(join(folder, own), { force: true });
  for (const name of await readdir(folder)) {
    const [, owner = ''] = /^open\.(\d+\.\d+\.\d+)\./.exec(name) ?? [];
    const other = parseIdentity(owner);
    if (!other || name === own) continue;
    const presence = await findPresence(other);
    if (presence === 'gone') {
      await rm(join(folder, name), { force: true });
      continue;
    }
    await release();
    const way =
      presence === 'running'
        ? 'one process at a time can open it'
        : `if that process is gone, remove the file ${join(folder, name)}`;
    const problem = `the folder ${folder} is open in process ${other.pid}; ${way}`;
    throw new PluginError('REGISTRY_UNAVAILABLE', { problem });
  }
  return { release };
}
