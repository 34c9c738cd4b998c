import { access, mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type {
  ControlGroup,
  ControlGroupLimits,
  ControlGroupLoad,
  ControlGroups,
  ControlGroupUsage,
} from './control-group.ts';
import {
  cpuPeriodUs,
  killProcesses,
  readCounter,
  readNumber,
  readProcesses,
  readSettings,
  toMiB,
  writeSetting,
} from './group-files.ts';
import { nameGroup } from './group-names.ts';
import { sweepGroups } from './sweep-groups.ts';

/** The folder of one's own group in the hierarchy of each controller. Several may share one. */
export interface V1Parents {
  readonly memory: string;
  readonly cpu: string;
  readonly pids: string;
  /** Counts processor time; where it is missing, nothing does. */
  readonly cpuacct: string | undefined;
}

/** Version 1 of control groups: a tree for each controller (`Documentation/admin-guide/cgroup-v1` of the kernel). */
export class CgroupV1 implements ControlGroups {
  readonly #parents: V1Parents;

  constructor(parents: V1Parents) {
    this.#parents = parents;
  }

  get parents(): readonly string[] {
    return distinct(this.#parents);
  }

  async create(pluginId: string, limits: SandboxLimits): Promise<ControlGroup> {
    const name = await nameGroup(pluginId);
    const group = new V1Group(name, this.#parents);
    try {
      await group.make(limits);
    } catch (error) {
      await group.remove().catch(() => undefined);
      throw error;
    }
    return group;
  }

  async sweep(): Promise<void> {
    await Promise.all(distinct(this.#parents).map(sweepGroups));
  }
}

class V1Group implements ControlGroup {
  readonly name: string;
  readonly version = 1;
  readonly #folders: V1Parents;
  readonly #all: readonly string[];

  constructor(name: string, parents: V1Parents) {
    this.name = name;
    this.#folders = {
      memory: join(parents.memory, name),
      cpu: join(parents.cpu, name),
      pids: join(parents.pids, name),
      cpuacct: parents.cpuacct && join(parents.cpuacct, name),
    };
    this.#all = distinct(this.#folders);
  }

  get entrances(): readonly string[] {
    return this.#all.map((folder) => join(folder, 'tasks'));
  }

  async make(limits: SandboxLimits): Promise<void> {
    await Promise.all(this.#all.map((folder) => mkdir(folder)));
    const bytes = limits.memoryLimitMiB * 1024 * 1024;
    const { memory, pids } = this.#folders;
    await Promise.all([limitMemory(memory, bytes), writeSetting(pids, 'pids.max', limits.maxProcesses)]);
  }

  async add(pid: number): Promise<void> {
    await Promise.all(this.#all.map((folder) => writeSetting(folder, 'cgroup.procs', pid)));
  }

  async limitCpu(cores: number | undefined): Promise<void> {
    const quota = cores === undefined ? -1 : Math.round(cores * cpuPeriodUs);
    await writeSetting(this.#folders.cpu, 'cpu.cfs_quota_us', quota);
  }

  async kill(): Promise<void> {
    await killProcesses(this.#folders.pids);
  }

  async isEmpty(): Promise<boolean> {
    const processes = await Promise.all(this.#all.map(readProcesses));
    return processes.every((pids) => pids.length === 0);
  }

  async readLimits(): Promise<ControlGroupLimits> {
    const { memory, cpu, pids } = this.#folders;
    const [[bytes], [quotaUs], [periodUs], [maxProcesses]] = await Promise.all([
      readSettings(memory, 'memory.limit_in_bytes'),
      readSettings(cpu, 'cpu.cfs_quota_us'),
      readSettings(cpu, 'cpu.cfs_period_us'),
      readSettings(pids, 'pids.max'),
    ]);
    const cpuLimitCores = quotaUs && periodUs && quotaUs / periodUs;
    return { memoryLimitMiB: toMiB(bytes), cpuLimitCores, maxProcesses };
  }

  async readProcesses(): Promise<readonly number[]> {
    const [first = [], ...others] = await Promise.all(this.#all.map(readProcesses));
    return first.filter((pid) => others.every((pids) => pids.includes(pid)));
  }

  async readLoad(): Promise<ControlGroupLoad> {
    const { memory, cpuacct } = this.#folders;
    const [memoryBytes, cpuNs] = await Promise.all([
      readNumber(memory, 'memory.usage_in_bytes'),
      cpuacct === undefined ? undefined : readNumber(cpuacct, 'cpuacct.usage'),
    ]);
    return { memoryBytes, cpuMs: cpuNs === undefined ? undefined : cpuNs / 1e6 };
  }

  async readUsage(): Promise<ControlGroupUsage> {
    const { memory, cpu, pids, cpuacct } = this.#folders;
    const [kills, refusals, peak, cpuNs, throttledNs] = await Promise.all([
      // `memory.failcnt` stays 0 when memory and swap have the same limit.
      readCounter(memory, 'memory.oom_control', 'oom_kill'),
      readCounter(pids, 'pids.events', 'max'),
      readNumber(memory, 'memory.max_usage_in_bytes'),
      cpuacct === undefined ? undefined : readNumber(cpuacct, 'cpuacct.usage'),
      readCounter(cpu, 'cpu.stat', 'throttled_time'),
    ]);
    return {
      memoryKills: kills ?? 0,
      processRefusals: refusals ?? 0,
      peakMemoryMiB: toMiB(peak),
      cpuMs: cpuNs === undefined ? undefined : Math.round(cpuNs / 1e6),
      throttledMs: throttledNs === undefined ? undefined : Math.round(throttledNs / 1e6),
    };
  }

  async remove(): Promise<void> {
    await Promise.all(this.#all.map(removeFolder));
  }
}

async function limitMemory(folder: string, bytes: number): Promise<void> {
  await writeSetting(folder, 'memory.limit_in_bytes', bytes);
  const countsSwap = await access(join(folder, 'memory.memsw.limit_in_bytes')).then(
    () => true,
    () => false,
  );
  if (countsSwap) await writeSetting(folder, 'memory.memsw.limit_in_bytes', bytes);
  else await writeSetting(folder, 'memory.swappiness', 0);
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function distinct({ memory, cpu, pids, cpuacct }: V1Parents): readonly string[] {
  return [...new Set([memory, cpu, pids, ...(cpuacct === undefined ? [] : [cpuacct])])];
}
