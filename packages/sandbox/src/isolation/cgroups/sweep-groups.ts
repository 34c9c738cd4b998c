import { access, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findPresence } from '@stellaops/plugin-abstractions/hosting';
import { pollUntil } from '../deadline.ts';
import { killProcesses, writeSetting } from './group-files.ts';
import { readOwner } from './group-names.ts';

const sweepTimeoutMs = 5_000;

/** Removes from a folder the groups of hosts that are gone, with what is still in them: each in time or not at all. Others' groups are left alone. */
export async function sweepGroups(parent: string, timeoutMs = sweepTimeoutMs): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = readOwner(name);
    if (owner !== undefined && (await findPresence(owner)) === 'gone')
      await clearGroup(join(parent, name), timeoutMs);
  }
}

async function clearGroup(group: string, timeoutMs: number): Promise<void> {
  // A throttled process dies in its next slice of time only.
  await writeIfPresent(group, 'cpu.cfs_quota_us', -1);
  await writeIfPresent(group, 'cpu.max', 'max');
  // Another host may be sweeping too, and win; what cannot be removed at all is left for the next one.
  await pollUntil(async () => {
    await killProcesses(group).catch(() => undefined);
    return rmdir(group).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
  }, timeoutMs);
}

async function writeIfPresent(group: string, file: string, value: string | number): Promise<void> {
  try {
    await access(join(group, file));
    await writeSetting(group, file, value);
  } catch {
    // The group has no such limit, or is gone.
  }
}
