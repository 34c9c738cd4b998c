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
import type { SystemdScope } from './systemd-scope.ts';

/** Version 2 of control groups: one tree for all controllers (`Documentation/admin-guide/cgroup-v2.rst` of the kernel). */
export class CgroupV2 implements ControlGroups {
  readonly #parent: string;
  readonly #scope: SystemdScope | undefined;

  /**
   * A folder whose `cgroup.subtree_control` has memory, cpu and pids, and in which this process may make groups; and the scope
   * of systemd that it is, when it is one.
   */
  constructor(parent: string, scope?: SystemdScope) {
    this.#parent = parent;
    this.#scope = scope;
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
    return new V2Group(name, folder, this.#scope);
  }

  async sweep(): Promise<void> {
    await (this.#scope?.sweep() ?? sweepGroups(this.#parent));
  }
}

class V2Group implements ControlGroup {
  readonly name: string;
  readonly version = 2;
  /** Only whole processes move between groups that limit, and they wait, whoever moves them. */
  readonly entrances = [];
  readonly #folder: string;
  readonly #scope: SystemdScope | undefined;

  constructor(name: string, folder: string, scope: SystemdScope | undefined) {
    this.name = name;
    this.#folder = folder;
    this.#scope = scope;
  }

  async add(pid: number): Promise<void> {
    if (this.#scope === undefined) await writeSetting(this.#folder, 'cgroup.procs', pid);
    else await this.#scope.attach(pid, this.#folder);
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

  async readLimits(): Promise<ControlGroupLimits> {
    const [[bytes], [quotaUs, periodUs], [maxProcesses]] = await Promise.all([
      readSettings(this.#folder, 'memory.max'),
      readSettings(this.#folder, 'cpu.max'),
      readSettings(this.#folder, 'pids.max'),
    ]);
    const cpuLimitCores = quotaUs && periodUs && quotaUs / periodUs;
    return { memoryLimitMiB: toMiB(bytes), cpuLimitCores, maxProcesses };
  }

  async readProcesses(): Promise<readonly number[]> {
    return readProcesses(this.#folder);
  }

  async readLoad(): Promise<ControlGroupLoad> {
    const [memoryBytes, cpuUs] = await Promise.all([
      readNumber(this.#folder, 'memory.current'),
      readCounter(this.#folder, 'cpu.stat', 'usage_usec'),
    ]);
    return { memoryBytes, cpuMs: cpuUs === undefined ? undefined : cpuUs / 1e3 };
  }

  async readUsage(): Promise<ControlGroupUsage> {
    const [kills, refusals, peak, cpuUs, throttledUs] = await Promise.all([
      readCounter(this.#folder, 'memory.events', 'oom_kill'),
      readCounter(this.#folder, 'pids.events', 'max'),
      // Since Linux 5.19.
      readNumber(this.#folder, 'memory.peak'),
      readCounter(this.#folder, 'cpu.stat', 'usage_usec'),
      readCounter(this.#folder, 'cpu.stat', 'throttled_usec'),
    ]);
    return {
      memoryKills: kills ?? 0,
      processRefusals: refusals ?? 0,
      peakMemoryMiB: toMiB(peak),
      cpuMs: cpuUs === undefined ? undefined : Math.round(cpuUs / 1e3),
      throttledMs: throttledUs === undefined ? undefined : Math.round(throttledUs / 1e3),
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
