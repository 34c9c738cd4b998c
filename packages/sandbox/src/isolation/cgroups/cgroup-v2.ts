import { access, mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { ControlGroup, ControlGroups, ControlGroupUsage } from './control-group.ts';
import {
  cpuPeriodUs,
  killProcesses,
  readCounter,
  readNumber,
  readProcesses,
  toMiB,
  writeSetting,
} from './group-files.ts';
import { nameGroup } from './group-names.ts';
import { sweepGroups } from './sweep-groups.ts';

/** Version 2 of control groups: one tree for all controllers (`Documentation/admin-guide/cgroup-v2.rst` of the kernel). */
export class CgroupV2 implements ControlGroups {
  readonly #parent: string;

  /** A folder whose `cgroup.subtree_control` has memory, cpu and pids, and in which this process may make groups. */
  constructor(parent: string) {
    this.#parent = parent;
  }

  get parents(): readonly string[] {
    return [this.#parent];
  }

  async create(pluginId: string, limits: SandboxLimits): Promise<ControlGroup> {
    const name = await nameGroup(pluginId);
    const folder = join(this.#parent, name);
    await mkdir(folder);
    try {
      await Promise.all([
        writeSetting(folder, 'memory.max', limits.memoryLimitMiB * 1024 * 1024),
        writeSetting(folder, 'memory.oom.group', 1),
        writeSetting(folder, 'pids.max', limits.maxProcesses),
        // Absent where the kernel was built, or started, without counting swap.
        hasFile(folder, 'memory.swap.max').then((has) =>
          has ? writeSetting(folder, 'memory.swap.max', 0) : undefined,
        ),
      ]);
    } catch (error) {
      await rmdir(folder).catch(() => undefined);
      throw error;
    }
    return new V2Group(name, folder);
  }

  async sweep(): Promise<void> {
    await sweepGroups(this.#parent);
  }
}

class V2Group implements ControlGroup {
  readonly name: string;
  readonly #folder: string;

  constructor(name: string, folder: string) {
    this.name = name;
    this.#folder = folder;
  }

  async add(pid: number): Promise<void> {
    await writeSetting(this.#folder, 'cgroup.procs', pid);
  }

  async limitCpu(cores: number | undefined): Promise<void> {
    const quota = cores === undefined ? 'max' : Math.round(cores * cpuPeriodUs);
    await writeSetting(this.#folder, 'cpu.max', `${quota} ${cpuPeriodUs}`);
  }

  async kill(): Promise<void> {
    // Since Linux 5.14.
    if (await hasFile(this.#folder, 'cgroup.kill')) await writeSetting(this.#folder, 'cgroup.kill', 1);
    else await killProcesses(this.#folder);
  }

  async isEmpty(): Promise<boolean> {
    return (await readProcesses(this.#folder)).length === 0;
  }

  async readUsage(): Promise<ControlGroupUsage> {
    const [kills, refusals, peak, cpuUs] = await Promise.all([
      readCounter(this.#folder, 'memory.events', 'oom_kill'),
      readCounter(this.#folder, 'pids.events', 'max'),
      // Since Linux 5.19.
      readNumber(this.#folder, 'memory.peak'),
      readCounter(this.#folder, 'cpu.stat', 'usage_usec'),
    ]);
    return {
      memoryKills: kills ?? 0,
      processRefusals: refusals ?? 0,
      peakMemoryMiB: toMiB(peak),
      cpuMs: cpuUs === undefined ? undefined : Math.round(cpuUs / 1e3),
    };
  }

  async remove(): Promise<void> {
    await rmdir(this.#folder);
  }
}

async function hasFile(folder: string, file: string): Promise<boolean> {
  return access(join(folder, file)).then(
    () => true,
    () => false,
  );
}
