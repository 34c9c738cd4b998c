import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';

/** Makes control groups (cgroups(7)) for sandboxes, below a group that this process may divide. */
export interface ControlGroups {
  /** The folders in which groups are made. */
  readonly parents: readonly string[];
  /** A group with every limit but that of the processor, and nothing in it. Leaves nothing behind when it rejects. */
  create(pluginId: string, limits: SandboxLimits): Promise<ControlGroup>;
  /** Removes the groups that dead hosts left, with what is still in them. */
  sweep(): Promise<void>;
}

/** The group of one sandbox. */
export interface ControlGroup {
  readonly name: string;
  /** The version of control groups that limits it, for reports; `undefined` where nothing does. */
  readonly version: 1 | 2 | undefined;
  /**
   * Files to which a process of one thread writes 0 to go in by itself, into all of the group. To be preferred where there are any: whoever
   * moves another process waits for every processor of the machine, 10 to 15 ms (`cgroup_procs_write_start()` of the kernel).
   */
  readonly entrances: readonly string[];
  /** Moves a process in; what it starts from then on is born inside. */
  add(pid: number): Promise<void>;
  /** Limits processor time; `undefined` lifts the limit, without which killing a throttled group takes many seconds. */
  limitCpu(cores: number | undefined): Promise<void>;
  /** Kills what is in it now. */
  kill(): Promise<void>;
  isEmpty(): Promise<boolean>;
  /** What the kernel holds it to. */
  readLimits(): Promise<ControlGroupLimits>;
  /** The processes that every limit applies to, as this process counts them. */
  readProcesses(): Promise<readonly number[]>;
  /** What it uses now, in two short reads. */
  readLoad(): Promise<ControlGroupLoad>;
  /** To be read before the group is removed. */
  readUsage(): Promise<ControlGroupUsage>;
  /** Rejects while a process is in it. */
  remove(): Promise<void>;
}

/** The limits of a group as the kernel has them; `undefined` where it has none. */
export interface ControlGroupLimits {
  readonly memoryLimitMiB: number | undefined;
  readonly cpuLimitCores: number | undefined;
  readonly maxProcesses: number | undefined;
}

/** What a group uses; `undefined` where nothing counts it. */
export interface ControlGroupLoad {
  readonly memoryBytes: number | undefined;
  /** Since it was made. */
  readonly cpuMs: number | undefined;
}

/** What the kernel counted for a group. */
export interface ControlGroupUsage {
  /** Processes killed because the memory limit was reached. */
  readonly memoryKills: number;
  /** Processes and threads refused because of `maxProcesses`. */
  readonly processRefusals: number;
  /** `undefined` where this kernel does not count it. */
  readonly peakMemoryMiB: number | undefined;
  readonly cpuMs: number | undefined;
  /** How long it was held back at its limit of the processor. */
  readonly throttledMs: number | undefined;
}
