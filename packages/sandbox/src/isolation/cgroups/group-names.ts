import { randomBytes } from 'node:crypto';
import {
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
  type ProcessIdentity,
} from '@stellaops/plugin-abstractions/hosting';

const prefix = 'stella-plugin-';

/** How the names of all groups of this very host begin. */
export async function ownPrefix(): Promise<string> {
  return `${prefix}${formatIdentity(await readOwnIdentity())}-`;
}

/** A name by which an operator sees whose a group is, and a later host whether its owner still lives. */
export async function nameGroup(pluginId: string): Promise<string> {
  const plugin = pluginId.replaceAll(/[^\w.-]/g, '_').slice(0, 100);
  return `${await ownPrefix()}${randomBytes(4).toString('hex')}-${plugin}`;
}

/** The host that made a group; `undefined` for a group that is not ours. */
export function readOwner(name: string): ProcessIdentity | undefined {
  return name.startsWith(prefix) ? parseIdentity(name.slice(prefix.length).split('-')[0] ?? '') : undefined;
}
