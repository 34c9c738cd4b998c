import { randomBytes } from 'node:crypto';
import type {
  ControlGroup,
  ControlGroupLimits,
  ControlGroupLoad,
  ControlGroups,
  ControlGroupUsage,
} from './control-group.ts';
import { ProcessGroupWatch } from './process-group-watch.ts';

/** Stands where a machine has no control groups that may be divided: it limits nothing, counts nothing, and says so. */
export class NoControlGroups implements ControlGroups {
  readonly parents = [];
  readonly #watch: ProcessGroupWatch;
  readonly #mark: string;

  private constructor(watch: ProcessGroupWatch, mark: string) {
    this.#watch = watch;
    this.#mark = mark;
  }

  /** Starts what ends the sandboxes of this process that are not yet set up when it dies. */
  static async open(): Promise<NoControlGroups> {
    const mark = `stella-sandbox-${randomBytes(8).toString('hex')}`;
    return new NoControlGroups(await ProcessGroupWatch.start(mark), mark);
  }

  create(): Promise<ControlGroup> {
    return Promise.resolve(new ProcessGroup(this.#watch, this.#mark));
  }

  async sweep(): Promise<void> {
    // A process group has no name by which a later host could tell whose it was.
  }
}

/** The first process that was added, with the process group that it leads; others leave that group, and are told of by themselves. */
class ProcessGroup implements ControlGroup {
  /** The mark of all sandboxes of this host. */
  readonly name: string;
  readonly version = undefined;
  readonly entrances = [];
  readonly #watch: ProcessGroupWatch;
  readonly #pids: number[] = [];

  constructor(watch: ProcessGroupWatch, name: string) {
    this.#watch = watch;
    this.name = name;
  }

  async add(pid: number): Promise<void> {
    this.#pids.push(pid);
    await this.#watch.add(pid);
  }

  async limitCpu(): Promise<void> {
    // There is nothing to limit it by.
  }

  kill(): Promise<void> {
    try {
      const [leader] = this.#pids;
      if (leader !== undefined) process.kill(-leader, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') return Promise.reject(error);
    }
    return Promise.resolve();
  }

  isEmpty(): Promise<boolean> {
    return Promise.resolve(true);
  }

  readLimits(): Promise<ControlGroupLimits> {
    return Promise.resolve({
      memoryLimitMiB: undefined,
      cpuLimitCores: undefined,
      maxProcesses: undefined,
    });
  }

  readProcesses(): Promise<readonly number[]> {
    return Promise.resolve([]);
  }

  readLoad(): Promise<ControlGroupLoad> {
    return Promise.resolve({ memoryBytes: undefined, cpuMs: undefined });
  }

  readUsage(): Promise<ControlGroupUsage> {
    const uncounted = { peakMemoryMiB: undefined, cpuMs: undefined, throttledMs: undefined };
    return Promise.resolve({ memoryKills: 0, processRefusals: 0, ...uncounted });
  }

  async remove(): Promise<void> {
    for (const pid of this.#pids.splice(0)) await this.#watch.remove(pid);
  }
}
