import { readdir, readFile, readlink } from 'node:fs/promises';
import { formatIdentity, readOwnIdentity } from '@stellaops/plugin-abstractions/hosting';
import { familyOf } from '../processes.ts';

/** How many there are of everything that a sandbox is made of, by kind. */
export type Inventory = Readonly<Record<string, number>>;

const claimsDirectory = '/run/stella-plugin-identities';

/** Counts what this process holds, and what the kernel and the file system hold for it. */
export async function takeInventory(stateDirectory: string): Promise<Inventory> {
  const owner = formatIdentity(await readOwnIdentity());
  const [family, groups, claims, files] = await Promise.all([
    familyOf(process.pid),
    findGroups(`stella-plugin-${owner}-`),
    readdir(claimsDirectory).catch(() => []),
    readdir(stateDirectory, { recursive: true }).catch(() => []),
  ]);
  // Alone: reading the directories above opens descriptors too.
  const descriptors = await readDescriptors();
  return {
    processes: family.length,
    'open descriptors': descriptors.length,
    sockets: descriptors.filter((target) => target.startsWith('socket:')).length,
    'control groups': groups,
    'users of plugins': claims.filter((name) => name.endsWith(`.${owner}`)).length,
    'files and directories': files.filter((path) => !isKept(path)).length,
    ...handles(),
  };
}

/** Compiled code is there for the next start of its package. What is not whole is not. */
function isKept(path: string): boolean {
  return /^runtime\/compiled(?:\/[0-9a-f]{64}(?:\/|$)|$)/.test(path);
}

/** What would keep the event loop alive, by the names that Node gives it. */
function handles(): Inventory {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (isOurOwn(kind)) continue;
    counts[`handles: ${kind}`] = (counts[`handles: ${kind}`] ?? 0) + 1;
  }
  return counts;
}

/** Reading the directories of an inventory is such a thing too. */
function isOurOwn(kind: string): boolean {
  return kind.startsWith('FSReq');
}

/** What the descriptors of this process are open on. The table of all sockets lacks those to a sandbox: they are of its network namespace. */
async function readDescriptors(): Promise<readonly string[]> {
  const folder = '/proc/self/fd';
  const names = await readdir(folder);
  return Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => 'the folder itself')));
}

async function findGroups(prefix: string): Promise<number> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).matchAll(
    /^(?:\S+ ){4}(\S+) .* - cgroup2? /gm,
  );
  const found = await Promise.all(
    Array.from(mounts, ([, point = '']) => readdir(point, { recursive: true }).catch(() => [])),
  );
  return found.flat().filter((path) => path.slice(path.lastIndexOf('/') + 1).startsWith(prefix)).length;
}
