import { readFileSync } from 'node:fs';
import { isOnPath } from '../../bubblewrap.ts';
import { run } from '../../run.ts';

/** The processors on which this process may run, as taskset(1) writes them. */
function allowedProcessors(): string {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
}

/** Whether processes can be kept on one processor here: with taskset(1), of util-linux. */
export function canPin(): boolean {
  return isOnPath('taskset');
}

/** Keeps every thread of these processes on the last processor that this process may use. */
export async function pin(processIds: readonly number[]): Promise<void> {
  const last = allowedProcessors().split(/[,-]/).at(-1) ?? '0';
  for (const processId of processIds)
    await run('taskset', ['--all-tasks', '--cpu-list', '--pid', last, String(processId)]);
}
