import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';

/** Others may pass through, for the user of a sandbox does, but not look around. */
const mode = 0o711;

/** A directory of one instance. */
export interface ScratchDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** The part of the state directory that belongs to this host, until it is closed. */
export interface StateDirectory {
  readonly packagesDirectory: string;
  /** Shared with other hosts of this user. */
  readonly runtimeDirectory: string;
  scratch(): Promise<ScratchDirectory>;
  close(): Promise<void>;
}

/**
 * Opens a part of its own in the state directory, and removes what hosts left there that are gone. Rejects with
 * `STATE_DIRECTORY_INVALID` for a directory that others may write to.
 */
export async function openStateDirectory(
  path = join(tmpdir(), `stella-plugins-${userInfo().uid}`),
): Promise<StateDirectory> {
  const root = resolve(path);
  await mkdirChecked(root);
  await sweep(root);
  const own = join(root, `host.${formatIdentity(await readOwnIdentity())}.${randomBytes(4).toString('hex')}`);
  const packagesDirectory = join(own, 'packages');
  const runtimeDirectory = join(root, 'runtime');
  for (const directory of [own, packagesDirectory, runtimeDirectory]) await mkdirChecked(directory);
  return {
    packagesDirectory,
    runtimeDirectory,
    scratch: async () => {
      // Short: the path of a Unix socket has 107 bytes at most (unix(7)).
      const scratch = join(own, randomBytes(4).toString('hex'));
      await mkdirChecked(scratch);
      return { path: scratch, remove: () => removeAll(scratch) };
    },
    close: () => removeAll(own),
  };
}

async function mkdirChecked(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode });
    const found = await lstat(directory);
    const uid = process.getuid?.();
    if (!found.isDirectory()) throw new Error('it is no directory');
    if (uid !== undefined && found.uid !== uid)
      throw new Error(`it belongs to user ${found.uid}, and this host runs as ${uid}`);
    if (uid !== undefined && (found.mode & 0o022) !== 0) throw new Error('others may write to it');
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new PluginError('STATE_DIRECTORY_INVALID', { directory, problem }, { cause });
  }
}

/** Removes the parts of hosts that are gone. One whose processes cannot be seen from here is left alone. */
async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [, owner = ''] = /^host\.(\d+\.\d+\.\d+)\./.exec(name) ?? [];
    const identity = parseIdentity(owner);
    if (identity && (await findPresence(identity)) === 'gone') await removeAll(join(root, name));
  }
}

async function removeAll(directory: string): Promise<void> {
  // The directories of a package copy are read-only.
  await makeWritable(directory);
  await rm(directory, { recursive: true, force: true });
}

async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o700).catch(() => undefined);
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
}
