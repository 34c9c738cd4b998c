import { randomBytes } from 'node:crypto';
import {
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
  type ProcessIdentity,
} from '@stellaops/plugin-abstractions/hosting';

const prefix = 'stella-plugin-';
const scopePrefix = 'stella-host-';

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
  return readIdentityAfter(prefix, name);
}

/** A name for a scope of systemd that holds the groups of this host. */
export async function nameScope(): Promise<string> {
  return `${scopePrefix}${formatIdentity(await readOwnIdentity())}-${randomBytes(4).toString('hex')}.scope`;
}

/** The host that a scope was made for; `undefined` for one that is not ours. */
export function readScopeOwner(name: string): ProcessIdentity | undefined {
  return readIdentityAfter(scopePrefix, name);
}

function readIdentityAfter(start: string, name: string): ProcessIdentity | undefined {
  return name.startsWith(start) ? parseIdentity(name.slice(start.length).split('-')[0] ?? '') : undefined;
}
