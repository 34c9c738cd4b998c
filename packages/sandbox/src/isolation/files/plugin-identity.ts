import { lstat, mkdir, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';

/** A user and a group that nobody on this machine has but one running plugin. */
export interface PluginIdentity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The users that nobody gives out: above those of people, of systemd-homed and of containers, and below those that systemd
 * takes for services (`DynamicUser=`), says its document `UIDS-GIDS` (https://systemd.io/UIDS-GIDS/).
 */
const firstUid = 60_706;
const lastUid = 61_183;
const uidCount = lastUid - firstUid + 1;

/**
 * Gives out identities so that two hosts on one machine never share one. A claim is a file `UID.OWNER` in a folder that only
 * root may enter. Its name says whose it is, so that removing that of a dead owner can never remove that of a living one.
 */
export class PluginIdentities {
  readonly #directory: string;
  #next = Math.floor(Math.random() * uidCount);

  /** The folder is made when it is missing, and refused when it is not root's alone. */
  constructor(directory = '/run/stella-plugin-identities') {
    this.#directory = directory;
  }

  /** Rejects when all are taken. */
  async claim(): Promise<PluginIdentity> {
    await this.#openDirectory();
    const owner = formatIdentity(await readOwnIdentity());
    const claimed = new Set((await readdir(this.#directory)).map((name) => Number(name.split('.')[0])));
    const order = this.#order();
    // A claim that is there already may be a dead host's, and is tried when no other uid is left.
    for (const uid of [
      ...order.filter((one) => !claimed.has(one)),
      ...order.filter((one) => claimed.has(one)),
    ])
      if (await this.#tryClaim(uid, owner)) return { uid, gid: uid };
    throw new Error(`all users from ${firstUid} to ${lastUid} are taken by running plugins`);
  }

  /** Gives one back, when nothing of it runs any more. */
  async release(identity: PluginIdentity): Promise<void> {
    await unlink(this.#claimFile(identity.uid, formatIdentity(await readOwnIdentity())));
  }

  /** Gives back what dead hosts had. */
  async sweep(): Promise<void> {
    await this.#openDirectory();
    for (const name of await readdir(this.#directory)) {
      const owner = parseIdentity(name.slice(name.indexOf('.') + 1));
      if (owner === undefined || (await findPresence(owner)) !== 'gone') continue;
      await unlink(join(this.#directory, name)).catch(() => undefined); // Another host may have been faster.
    }
  }

  /** A uid that was given back rests for a while before it is used again. */
  #order(): readonly number[] {
    this.#next = (this.#next + 1) % uidCount;
    return Array.from({ length: uidCount }, (_, index) => firstUid + ((this.#next + index) % uidCount));
  }

  async #tryClaim(uid: number, owner: string): Promise<boolean> {
    const file = this.#claimFile(uid, owner);
    try {
      await writeFile(file, '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
    // Who claims looks only after writing: of two hosts at once, at least one sees the other and gives way.
    const others = (await readdir(this.#directory)).filter((name) => name.startsWith(`${uid}.`));
    const living = await Promise.all(others.map((name) => this.#isTaken(uid, name, owner)));
    if (!living.includes(true)) return true;
    await unlink(file);
    return false;
  }

  async #isTaken(uid: number, name: string, owner: string): Promise<boolean> {
    const claimant = name.slice(`${uid}.`.length);
    if (claimant === owner) return false;
    const identity = parseIdentity(claimant);
    // An unknown owner lived in the container that had this folder before it was restarted.
    if (identity !== undefined && (await findPresence(identity)) === 'running') return true;
    await unlink(join(this.#directory, name)).catch(() => undefined);
    return false;
  }

  async #openDirectory(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = await lstat(this.#directory);
    if (uid !== process.getuid?.() || (mode & 0o170077) !== 0o040000)
      throw new Error(
        `${this.#directory} must be a directory that belongs to root and that nobody else may enter`,
      );
  }

  #claimFile(uid: number, owner: string): string {
    return join(this.#directory, `${uid}.${owner}`);
  }
}
