import { readdir, readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

/** Whether a process runs. One that has ended and waits for its parent to notice does not. */
export async function isRunning(processId = 0): Promise<boolean> {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => ') Z');
  return !stat.includes(') Z');
}

/** Resolves when none of these processes runs; the deadline is that of the test. */
export async function untilGone(processIds: readonly number[]): Promise<void> {
  for (const processId of processIds) while (await isRunning(processId)) await setImmediate();
}

/** A process and everything that descends from it, as far as it runs now. */
export async function familyOf(processId: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const family = [processId];
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}
