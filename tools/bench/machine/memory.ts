import { readFileSync } from 'node:fs';
import { familyOf } from '../../../packages/testing/test/processes.ts';

/** The memory of a process (proc_pid_smaps(5), `smaps_rollup`). */
export interface ProcessMemory {
  /** In MiB; what it shares with others counts whole. */
  readonly rssMiB: number;
  /** In MiB; what it shares with others counts in proportion. */
  readonly pssMiB: number;
}

/** Reads it. Throws when the process is gone, or another user's. */
export function readMemory(processId: number): ProcessMemory {
  const text = readFileSync(`/proc/${processId}/smaps_rollup`, 'utf8');
  const read = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
  return { rssMiB: read('Rss'), pssMiB: read('Pss') };
}

/** The process that runs the plugin: of those of its sandbox the largest, beside the small ones of bubblewrap. */
export async function findRunner(sandboxProcessId: number): Promise<number> {
  const family = await familyOf(sandboxProcessId);
  const sizes = family.map((processId) => ({ processId, size: readMemory(processId).rssMiB }));
  return sizes.toSorted((one, other) => other.size - one.size)[0]?.processId ?? sandboxProcessId;
}

/** Looks at the memory of processes every few milliseconds while something runs, and keeps the highest. */
export async function peakMemory(
  processIds: Readonly<Record<string, number>>,
  work: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> {
  const names = Object.keys(processIds);
  const peaks = Object.fromEntries(names.map((name) => [name, 0]));
  const look = (): void => {
    for (const name of names) peaks[name] = Math.max(peaks[name] ?? 0, readRss(processIds[name] ?? 0));
  };
  look();
  const timer = setInterval(look, 25);
  try {
    await work();
    look();
    return peaks;
  } finally {
    clearInterval(timer);
  }
}

/** The same without a walk through its pages, which would hold the process up (proc_pid_status(5)). */
function readRss(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
