import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The period over which processor time is shared out, in microseconds: the kernel's own default. */
export const cpuPeriodUs = 100_000;

/** Writes one setting of a group. */
export async function writeSetting(group: string, file: string, value: string | number): Promise<void> {
  await writeFile(join(group, file), String(value));
}

/** The number that stands in a file of a group; `undefined` when the kernel has no such file. */
export async function readNumber(group: string, file: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(group, file), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The number behind a key, in a file of lines of `key number`; `undefined` when there is none. */
export async function readCounter(group: string, file: string, key: string): Promise<number | undefined> {
  const text = await readFile(join(group, file), 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [name, value] = line.split(' ');
    if (name === key) return Number(value);
  }
  return undefined;
}

/** Numbers of a file that holds numbers and the word for no limit; `undefined` for that word, or when there is no such file. */
export async function readSettings(group: string, file: string): Promise<readonly (number | undefined)[]> {
  const text = await readFile(join(group, file), 'utf8').catch(() => '');
  return text
    .trim()
    .split(/\s+/)
    .map((word) => (/^\d+$/.test(word) ? Number(word) : undefined));
}

/** The processes of a group, as this process counts them. */
export async function readProcesses(group: string): Promise<readonly number[]> {
  return (await readFile(join(group, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);
}

/** Kills the processes of a group one by one; none, where there is no group any more. Who forks faster is outrun by asking again. */
export async function killProcesses(group: string): Promise<void> {
  const pids = await readProcesses(group).catch((error: unknown) => ignore(error, 'ENOENT') ?? []);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      ignore(error, 'ESRCH');
    }
  }
}

function ignore(error: unknown, code: string): undefined {
  if ((error as NodeJS.ErrnoException).code !== code) throw error;
}

/** Bytes in MiB, to one decimal. */
export function toMiB(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.round((bytes / 1024 / 1024) * 10) / 10;
}
