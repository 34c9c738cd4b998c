import { readdir, readFile } from 'node:fs/promises';
import { pollUntil } from '../../src/isolation/deadline.ts';

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

/** The control groups, of all hierarchies, whose name has this text in it. */
export async function findGroups(text: string): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).matchAll(
    /^(?:\S+ ){4}(\S+) .* - cgroup2? /gm,
  );
  const found = await Promise.all(
    Array.from(mounts, async ([, point = '']) => {
      const entries = await readdir(point, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && entry.name.includes(text))
        .map(({ name }) => name);
    }),
  );
  return found.flat();
}

/** Waits for something to become true. */
export async function eventually(condition: () => Promise<boolean>, sentence: string): Promise<void> {
  if (!(await pollUntil(condition, 50_000))) throw new Error(`${sentence}: not within 50 s`);
}
