import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSetting } from './group-files.ts';

const needed = ['memory', 'cpu', 'pids'];

/** Which of memory, cpu and pids are not in a list of controllers of a group of version 2. */
export async function findMissing(
  group: string,
  file: 'cgroup.controllers' | 'cgroup.subtree_control',
): Promise<readonly string[]> {
  const text = await readFile(join(group, file), 'utf8').catch(() => '');
  const controllers = text.trim().split(/\s+/);
  return needed.filter((name) => !controllers.includes(name));
}

/** Gives memory, cpu and pids to the groups below one. */
export async function handDown(group: string): Promise<void> {
  await writeSetting(group, 'cgroup.subtree_control', needed.map((name) => `+${name}`).join(' '));
}
