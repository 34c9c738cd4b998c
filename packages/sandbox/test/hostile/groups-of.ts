import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readCounter, readNumber, readProcesses } from '../../src/isolation/cgroups/group-files.ts';
import { matchOwnGroups } from '../../src/isolation/cgroups/own-groups.ts';

/** The control groups of the sandbox that a process is in, one for each hierarchy. */
export async function findGroupsOf(pid: number): Promise<readonly string[]> {
  const [memberships, mounts] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8'),
    readFile('/proc/self/mountinfo', 'utf8'),
  ]);
  return matchOwnGroups(memberships, mounts)
    .map(({ folder }) => folder)
    .filter((folder) => basename(folder).startsWith('stella-plugin-'));
}

/** Every process in them. */
export async function findMembers(groups: readonly string[]): Promise<readonly number[]> {
  return readProcesses(groups[0] ?? '');
}

/** What the kernel counted, in whichever of the groups has it; `undefined` where none has. */
export async function readGroupCounter(
  groups: readonly string[],
  file: string,
  key?: string,
): Promise<number | undefined> {
  for (const group of groups) {
    const value = await (key === undefined ? readNumber(group, file) : readCounter(group, file, key));
    if (value !== undefined) return value;
  }
  return undefined;
}
