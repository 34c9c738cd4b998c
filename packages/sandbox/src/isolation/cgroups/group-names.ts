import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findPresence, formatIdentity, parseIdentity, readOwnIdentity } from '../process-identity.ts';

const prefix = 'stella-plugin-';

/** Names groups so that an operator sees whose they are, and a later host whether their owner still lives. */
export class GroupNames {
  #count = 0;

  async next(pluginId: string): Promise<string> {
    this.#count += 1;
    const plugin = pluginId.replaceAll(/[^\w.-]/g, '_').slice(0, 100);
    return `${prefix}${formatIdentity(await readOwnIdentity())}-${this.#count}-${plugin}`;
  }
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
