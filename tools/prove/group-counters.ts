import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchOwnGroups } from '../../packages/sandbox/src/isolation/cgroups/own-groups.ts';
import { ProveError } from './prove-error.ts';

/** What the kernel counted for the control groups of one process (cgroups(7)). */
export interface GroupCounters {
  readonly cpuMs: number;
  readonly peakMemoryMiB: number;
  readonly memoryKills: number;
  readonly peakProcesses: number;
  readonly processRefusals: number;
}

/** The control groups of a process, seen from outside. */
export interface WatchedGroup {
  /** Read at once, so that a busy event loop does not come between a counter and the clock. `undefined` when the group is gone. */
  readCounters(): GroupCounters | undefined;
  /** The processes in it. */
  readProcesses(): readonly number[];
}

/** Finds the groups of a process by what the kernel says of it, and not by what the sandbox says. */
export function watchGroup(processId: number): WatchedGroup {
  const groups = matchOwnGroups(
    readFileSync(`/proc/${processId}/cgroup`, 'utf8'),
    readFileSync('/proc/self/mountinfo', 'utf8'),
  );
  const findV1 = (controller: string) =>
    groups.find(({ version, controllers }) => version === 1 && controllers.includes(controller))?.folder;
  const [memory, pids, cpuacct] = [findV1('memory'), findV1('pids'), findV1('cpuacct')];
  if (memory !== undefined && pids !== undefined && cpuacct !== undefined)
    return watched(pids, () => ({
      cpuMs: readNumber(cpuacct, 'cpuacct.usage') / 1e6,
      peakMemoryMiB: readNumber(memory, 'memory.max_usage_in_bytes') / 1024 / 1024,
      memoryKills: readNumber(memory, 'memory.oom_control', 'oom_kill'),
      peakProcesses: readNumber(pids, 'pids.peak'),
      processRefusals: readNumber(pids, 'pids.events', 'max'),
    }));
  const folder = groups.find(({ version }) => version === 2)?.folder;
  if (folder === undefined) throw new ProveError(`process ${processId} is in no control group`);
  return watched(folder, () => ({
    cpuMs: readNumber(folder, 'cpu.stat', 'usage_usec') / 1e3,
    peakMemoryMiB: readNumber(folder, 'memory.peak') / 1024 / 1024,
    memoryKills: readNumber(folder, 'memory.events', 'oom_kill'),
    peakProcesses: readNumber(folder, 'pids.peak'),
    processRefusals: readNumber(folder, 'pids.events', 'max'),
  }));
}

function watched(folder: string, read: () => GroupCounters): WatchedGroup {
  const orUndefined = (): GroupCounters | undefined => {
    try {
      return read();
    } catch (error) {
      if (['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  };
  if (orUndefined() === undefined)
    throw new ProveError('this kernel does not keep every counter: Linux 6.11 and later do (pids.peak)');
  return {
    readCounters: orUndefined,
    readProcesses: () =>
      readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number),
  };
}

/** The number in a file, or behind a key in a file of lines of `key number`. */
function readNumber(folder: string, file: string, key = ''): number {
  const text = readFileSync(join(folder, file), 'utf8');
  const line = text.split('\n').find((each) => each.startsWith(key === '' ? '' : `${key} `)) ?? '';
  return Number(line.slice(key.length));
}
