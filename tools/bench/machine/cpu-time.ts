import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second on every architecture that Node runs on (proc_pid_stat(5), USER_HZ). */
const tickMicros = 10_000;

/** The time of processors that these processes have used so far, in microseconds; those that are gone count nothing. */
export function readCpuMicros(processIds: readonly number[]): number {
  return processIds.reduce((sum, processId) => sum + readTicks(processId) * tickMicros, 0);
}

function readTicks(processId: number): number {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    const [userTicks, systemTicks] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (userTicks ?? 0) + (systemTicks ?? 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
