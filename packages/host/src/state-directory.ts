import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';

/** Others may pass through, for the user of a sandbox does, but not look around. */
const passable = 0o711;

/** A directory of one instance. */
export interface ScratchDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * The part of the state directory that belongs to this host, until it is closed. It is made when something first needs it, and what
 * hosts left there that are gone is removed then. Rejects with `STATE_DIRECTORY_INVALID` for a directory that others may write to.
 */
export class StateDirectory {
  /** All parts of all hosts. */
  readonly root: string;
  #own: Promise<string> | undefined;

  /** Default: a directory of the user below the temporary directory of the system. */
  constructor(path = join(tmpdir(), `stella-plugins-${process.getuid?.() ?? 'user'}`)) {
    this.root = resolve(path);
  }

  /** Where the copies of packages are. */
  async packages(): Promise<string> {
    return makeChecked(join(await this.#open(), 'packages'));
  }

  /** Removes the copies of packages that are not among these, if there are any copies. */
  async keepPackages(inUse: ReadonlySet<string>): Promise<void> {
    const store = this.#own && join(await this.#own, 'packages');
    if (store === undefined) return;
    const copies = (await readdir(store).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const unused = copies.map((name) => join(store, name)).filter((copy) => !inUse.has(copy));
    for (const copy of unused) await removeAll(copy);
  }

  /** What is made once; shared with other hosts of this user. */
  async runtime(): Promise<string> {
    await this.#open();
    return makeChecked(join(this.root, 'runtime'));
  }

  /** A directory for one instance. Its name is short: the path of a Unix socket has 107 bytes at most (unix(7)). */
  async scratch(): Promise<ScratchDirectory> {
    const path = await makeChecked(join(await this.#open(), randomBytes(4).toString('hex')));
    return { path, remove: () => removeAll(path) };
  }

  /** Where the journal is made that outlives its host. */
  async journal(): Promise<string> {
    await makeChecked(this.root);
    return makeChecked(join(this.root, 'journal'), 0o700);
  }

  /** The same; `undefined` where there is none yet. */
  async findJournal(): Promise<string | undefined> {
    const found = await lstat(join(this.root, 'journal')).catch(() => undefined);
    return found && this.journal();
  }

  async close(): Promise<void> {
    const own = await this.#own?.catch(() => undefined);
    if (own !== undefined) await removeAll(own);
  }

  #open(): Promise<string> {
    this.#own ??= openOwn(this.root).catch((error: unknown) => {
      this.#own = undefined; // it may have been mended by the next time
      throw error;
    });
    return this.#own;
  }
}

async function openOwn(root: string): Promise<string> {
  await makeChecked(root);
  await sweep(root);
  const identity = formatIdentity(await readOwnIdentity());
  return makeChecked(join(root, `host.${identity}.${randomBytes(4).toString('hex')}`));
}

async function makeChecked(directory: string, mode = passable): Promise<string> {
  try {
    const isNew = (await mkdir(directory, { recursive: true, mode })) !== undefined;
    if (isNew) await chmod(directory, mode); // whatever the umask says
    const found = await lstat(directory);
    const uid = process.getuid?.();
    if (!found.isDirectory()) throw new Error('it is no directory');
    if (uid !== undefined && found.uid !== uid)
      throw new Error(`it belongs to user ${found.uid}, and this host runs as ${uid}`);
    if (uid !== undefined && (found.mode & 0o022) !== 0) throw new Error('others may write to it');
    return directory;
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
