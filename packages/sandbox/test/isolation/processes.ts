import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pollUntil } from '../../src/isolation/deadline.ts';
import { patience } from './patience.ts';

/** A line of `/proc/PID/status`. */
export async function readStatus(pid: number, field: string): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

/** The kernel's user of a process. */
export async function readUid(pid: number): Promise<number> {
  return Number((await readStatus(pid, 'Uid')).split('\t')[0]);
}

/** Every process on the machine that runs as a user; one that is only waiting to be noticed by its parent does not count. */
export async function findProcessesOf(uid: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Boolean);
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        return (await readUid(pid)) === uid && !(await readStatus(pid, 'State')).startsWith('Z');
      } catch {
        return false;
      }
    }),
  );
  return pids.filter((_, index) => found[index]);
}

/** What the processes of one sandbox have in common, and no other process has. */
export interface SandboxMark {
  readonly groups: string;
  readonly pidNamespace: string;
}

/** The mark of the sandbox of a process, whoever it runs as. */
export async function readMark(pid: number): Promise<SandboxMark> {
  const [groups, pidNamespace] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8'),
    readlink(`/proc/${pid}/ns/pid`),
  ]);
  return { groups, pidNamespace };
}

/** Every process in the control groups of a sandbox, or in its namespace; one that is only waiting to be noticed by its parent does not count. */
export async function findProcessesIn({ groups, pidNamespace }: SandboxMark): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Boolean);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [own, namespace, state] = await Promise.all([
        readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''),
        readlink(`/proc/${pid}/ns/pid`).catch(() => ''), // of another user
        readStatus(pid, 'State').catch(() => 'Z'),
      ]);
      return (own === groups || namespace === pidNamespace) && !state.startsWith('Z');
    }),
  );
  return pids.filter((_, index) => found[index]);
}

/** Every process with this text in its command line. */
export async function findProcessesNaming(text: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Boolean);
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => commands[index]?.includes(text));
}

/** The processes that a process started, the first one first. */
export async function findChildren(pid: number): Promise<readonly number[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
}

/** The control groups of sandboxes, of all hierarchies, whose name has this text in it. */
export async function findGroups(text: string): Promise<readonly string[]> {
  return (await findGroupNames()).filter((name) => name.startsWith('stella-plugin-') && name.includes(text));
}

/** The scopes of systemd that hold groups of sandboxes, whose name has this text in it. */
export async function findScopes(text: string): Promise<readonly string[]> {
  return (await findGroupNames()).filter((name) => name.startsWith('stella-host-') && name.includes(text));
}

async function findGroupNames(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).matchAll(
    /^(?:\S+ ){4}(\S+) .* - cgroup2? /gm,
  );
  const found = await Promise.all(Array.from(mounts, ([, point = '']) => findNamesBelow(point)));
  return found.flat();
}

/** Groups go while they are looked for, which `readdir` does not bear when it is to go down by itself. */
async function findNamesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const below = await Promise.all(names.map((name) => findNamesBelow(join(folder, name))));
  return [...names, ...below.flat()];
}

/** Waits for something to become true. */
export async function eventually(condition: () => Promise<boolean>, sentence: string): Promise<void> {
  if (!(await pollUntil(condition, 50_000 * patience)))
    throw new Error(`${sentence}: not within ${50 * patience} s`);
}
