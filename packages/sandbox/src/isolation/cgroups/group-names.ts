import { randomBytes } from 'node:crypto';
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findPresence, formatIdentity, parseIdentity, readOwnIdentity } from '../process-identity.ts';

const prefix = 'stella-plugin-';

/** A name by which an operator sees whose a group is, and a later host whether its owner still lives. */
export async function nameGroup(pluginId: string): Promise<string> {
  const owner = formatIdentity(await readOwnIdentity());
  const plugin = pluginId.replaceAll(/[^\w.-]/g, '_').slice(0, 100);
  return `${prefix}${owner}-${randomBytes(4).toString('hex')}-${plugin}`;
}

/** Removes from a folder the empty groups of hosts that are gone. Groups that are not ours are left alone. */
export async function sweepGroups(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const owner = parseIdentity(name.slice(prefix.length).split('-')[0] ?? '');
    if (owner === undefined || (await findPresence(owner)) !== 'gone') continue;
    // Another host may be sweeping too; and a process that is still dying is left for the next one.
    await rmdir(join(parent, name)).catch(() => undefined);
  }
}
