import { readFile } from 'node:fs/promises';
import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';

/** The hard limits of this process by their names in `/proc/self/limits` (proc_pid_limits(5)); absent means unlimited. */
export type HardLimits = ReadonlyMap<string, number>;

/** Reads what this process may hand on at most. */
export async function readHardLimits(): Promise<HardLimits> {
  return parseHardLimits(await readFile('/proc/self/limits', 'utf8'));
}

/** Reads the table of `/proc/self/limits`: name, soft limit, hard limit, unit. */
export function parseHardLimits(table: string): HardLimits {
  const rows = table.matchAll(/^(Max .+?)\s{2,}\S+\s+(\d+)/gm);
  return new Map(Array.from(rows, ([, name = '', hard]) => [name, Number(hard)]));
}

/**
 * The arguments of prlimit(1) for bubblewrap and all that it starts (getrlimit(2)). None is raised above the hard limit
 * of the host, which only a privileged process could do.
 */
export function prlimitArguments(limits: SandboxLimits, hardLimits: HardLimits): readonly string[] {
  const limit = (option: string, name: string, wanted: number): string => {
    const value = Math.min(wanted, hardLimits.get(name) ?? Infinity);
    return `--${option}=${value}:${value}`;
  };
  return [
    // Not 0: the kernel runs a piped core handler, as root on the host, in spite of 0 but not of 1 (core(5)).
    limit('core', 'Max core file size', 1),
    limit('nofile', 'Max open files', limits.maxOpenFiles),
    limit('memlock', 'Max locked memory', 64 * 1024),
    limit('fsize', 'Max file size', limits.fileSizeLimitMiB * 1024 * 1024),
    limit('msgqueue', 'Max msgqueue size', 0),
    limit('rtprio', 'Max realtime priority', 0),
    limit('nice', 'Max nice priority', 0),
  ];
}
