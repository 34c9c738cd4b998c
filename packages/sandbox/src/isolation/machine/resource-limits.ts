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
  return limitArguments(hardLimits, [
    // Not 0: the kernel runs a piped core handler, as root on the host, in spite of 0 but not of 1 (core(5)).
    ['core', 'Max core file size', 1],
    ['nofile', 'Max open files', limits.maxOpenFiles],
    ['memlock', 'Max locked memory', 64 * 1024],
    ['fsize', 'Max file size', limits.fileSizeLimitMiB * 1024 * 1024],
    ['msgqueue', 'Max msgqueue size', 0],
    ['rtprio', 'Max realtime priority', 0],
    ['nice', 'Max nice priority', 0],
  ]);
}

/** What Node 26 takes of the kernel's count of data (`VmData` of proc_pid_status(5)) before it runs a line of JavaScript. */
const nodeDataMiB = 580;

/**
 * What a plugin is held to, inside, where no control group does: the processes of its user, and the memory of each process by
 * itself. A worker thread, which counts as much as a Node of its own, finds no memory.
 */
export function standInArguments(limits: SandboxLimits, hardLimits: HardLimits): readonly string[] {
  return limitArguments(hardLimits, [
    ['nproc', 'Max processes', limits.maxProcesses],
    ['data', 'Max data size', (nodeDataMiB + limits.memoryLimitMiB) * 1024 * 1024],
  ]);
}

function limitArguments(
  hardLimits: HardLimits,
  limits: readonly (readonly [option: string, name: string, wanted: number])[],
): readonly string[] {
  return limits.map(([option, name, wanted]) => {
    const value = Math.min(wanted, hardLimits.get(name) ?? Infinity);
    return `--${option}=${value}:${value}`;
  });
}
