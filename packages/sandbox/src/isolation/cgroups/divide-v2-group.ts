import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pollUntil } from '../deadline.ts';
import { findMissing, handDown } from './controllers.ts';
import { readProcesses, writeSetting } from './group-files.ts';

const movingTimeoutMs = 2_000;

/**
 * Finds the nearest group, from one's own upwards to `top`, that gives memory, cpu and pids to groups below it, or can be made to; and
 * `undefined` when there is none that this process may divide. A group with processes in it cannot hand controllers down
 * (cgroups(7), "no internal processes"), so a host that has a group to itself moves into a leaf of it.
 */
export async function divideV2Group(
  folder: string,
  top: string,
  timeoutMs = movingTimeoutMs,
): Promise<string | undefined> {
  for (let group = folder; ; group = dirname(group)) {
    if (await tryDivide(group, timeoutMs)) return group;
    if (group === top || group === dirname(group)) return undefined;
  }
}

async function tryDivide(group: string, timeoutMs: number): Promise<boolean> {
  if (!(await canWrite(group)) || (await findMissing(group, 'cgroup.controllers')).length > 0) return false;
  if ((await findMissing(group, 'cgroup.subtree_control')).length === 0) return true;
  try {
    await handDown(group);
    return true;
  } catch {
    return (
      (await moveIntoLeaf(group, timeoutMs)) &&
      handDown(group).then(
        () => true,
        () => false,
      )
    );
  }
}

/** Root may write everywhere: what it does not have to itself, it leaves alone. Others may write only what was given to them. */
async function moveIntoLeaf(group: string, timeoutMs: number): Promise<boolean> {
  const processes = await readProcesses(group);
  const isOurs = process.getuid?.() !== 0 || processes.every((pid) => pid === process.pid);
  if (!isOurs || !processes.includes(process.pid)) return false;
  const leaf = join(group, 'stella-host');
  try {
    await mkdir(leaf, { recursive: true });
    await writeSetting(leaf, 'cgroup.procs', process.pid);
  } catch {
    return false;
  }
  // Others come and go while they are moved.
  return pollUntil(async () => {
    const left = await readProcesses(group);
    for (const pid of left) await writeSetting(leaf, 'cgroup.procs', pid).catch(() => undefined);
    return left.length === 0;
  }, timeoutMs);
}

async function canWrite(group: string): Promise<boolean> {
  return access(group, constants.W_OK).then(
    () => true,
    () => false,
  );
}
