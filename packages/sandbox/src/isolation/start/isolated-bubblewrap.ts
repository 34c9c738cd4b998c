import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { IsolationReport } from '@stellaops/plugin-abstractions/hosting';
import type { ControlGroup, ControlGroupUsage } from '../cgroups/control-group.ts';
import { pollUntil } from '../deadline.ts';
import type { IsolatedProcess, ProcessExit, ProcessUsage, RunnerObservation } from '../isolation.ts';
import type { AspectEvidence } from '../report/aspect-evidence.ts';
import { askKernel, reportIsolation, type InspectedSandbox } from '../report/inspect-sandbox.ts';
import type { LimitedProcess } from './spawn-limited.ts';

/** What a sandbox is made of, to be taken apart when it ends. */
export interface SandboxParts {
  readonly limited: LimitedProcess;
  readonly group: ControlGroup;
  readonly cpuLimitCores: number;
  /** What it was made with, to be compared with what the kernel says. */
  readonly made: Omit<InspectedSandbox, 'pid' | 'group'>;
  /** Called when nothing of the sandbox is left. */
  readonly onCleared: () => Promise<void>;
  /** How long the kernel may take to let go of what was killed. Default 10 s: much memory, or a slow disk, takes seconds. */
  readonly clearingTimeoutMs?: number;
}

/** A sandbox from its start to the removal of its last trace. */
export class IsolatedBubblewrap implements IsolatedProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ProcessExit>;
  readonly #parts: SandboxParts;
  readonly #clearingTimeoutMs: number;
  readonly #givenUp = new AbortController();
  #cpuLimit: Promise<void> | undefined;
  #kernel: Promise<readonly AspectEvidence[]> | undefined;
  #kill: Promise<void> | undefined;
  #wasKilled = false;

  constructor(parts: SandboxParts) {
    this.#parts = parts;
    this.#clearingTimeoutMs = parts.clearingTimeoutMs ?? 10_000;
    this.pid = parts.limited.first.pid;
    this.stdout = parts.limited.stdout;
    this.stderr = parts.limited.stderr;
    this.exited = this.#watch();
  }

  applyCpuLimit(): Promise<void> {
    this.#cpuLimit ??= this.#limitCpu(this.#parts.cpuLimitCores);
    return this.#cpuLimit;
  }

  async askKernel(): Promise<void> {
    await this.#askKernel();
  }

  inspect(observations: Promise<readonly RunnerObservation[]>): Promise<IsolationReport> {
    return reportIsolation(this.#parts.made, observations, this.#askKernel());
  }

  readLoad(): ReturnType<IsolatedProcess['readLoad']> {
    return this.#parts.group.readLoad();
  }

  async readUsage(): Promise<ProcessUsage> {
    return summarize(await this.#parts.group.readUsage());
  }

  kill(): Promise<void> {
    this.#wasKilled ||= this.#isRunning;
    this.#kill ??= this.#killAll();
    return this.#kill;
  }

  #askKernel(): Promise<readonly AspectEvidence[]> {
    const { made, group } = this.#parts;
    this.#kernel ??= askKernel({ ...made, pid: this.pid, group });
    return this.#kernel;
  }

  async #killAll(): Promise<void> {
    // Throttled processes die in their next slice of time only: tens of seconds at a quarter of a core.
    await this.#limitCpu(undefined);
    await this.#parts.group.kill().catch(() => undefined); // It is gone when the sandbox ended by itself just now.
    await this.#parts.limited.first.kill();
    const giveUp = setTimeout(() => this.#givenUp.abort(), this.#clearingTimeoutMs);
    try {
      await this.exited;
    } finally {
      clearTimeout(giveUp);
    }
  }

  async #hasEnded(): Promise<boolean> {
    const { group, limited } = this.#parts;
    // Where there are no control groups, the first process alone tells.
    if ((await group.isEmpty()) && (await limited.first.hasEnded())) return true;
    await group.kill();
    await limited.first.kill();
    return false;
  }

  async #limitCpu(cores: number | undefined): Promise<void> {
    try {
      await this.#parts.group.limitCpu(cores);
    } catch (error) {
      // A sandbox that has ended has no group any more, and needs no limit.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  get #isRunning(): boolean {
    const { exitCode, signalCode } = this.#parts.limited.bubblewrap;
    return exitCode === null && signalCode === null;
  }

  async #watch(): Promise<ProcessExit> {
    const { bubblewrap } = this.#parts.limited;
    if (this.#isRunning)
      await once(bubblewrap, 'exit', { signal: this.#givenUp.signal }).catch(() => undefined);
    const cleared = await this.#clearAway();
    return {
      ...readStatus(bubblewrap.exitCode, bubblewrap.signalCode),
      wasKilled: this.#wasKilled,
      ...summarize(cleared.usage),
      leftBehind: cleared.leftBehind,
    };
  }

  /** What was started inside and not waited for dies just after bubblewrap does. */
  async #clearAway(): Promise<{
    readonly usage: ControlGroupUsage | undefined;
    readonly leftBehind: string | undefined;
  }> {
    const { group, onCleared } = this.#parts;
    try {
      const isEmpty = await pollUntil(() => this.#hasEnded(), this.#clearingTimeoutMs);
      const usage = await group.readUsage();
      const isRemoved = await pollUntil(
        () =>
          group.remove().then(
            () => true,
            () => false,
          ),
        this.#clearingTimeoutMs,
      );
      if (!isRemoved) return { usage, leftBehind: `the control group ${group.name}, which is not empty` };
      if (!isEmpty) return { usage, leftBehind: `the process ${this.pid}` };
      await onCleared();
      return { usage, leftBehind: undefined };
    } catch (error) {
      return { usage: undefined, leftBehind: `the control group ${group.name}: ${String(error)}` };
    }
  }
}

function summarize(usage: ControlGroupUsage | undefined): ProcessUsage {
  const { memoryKills = 0, processRefusals = 0, peakMemoryMiB, cpuMs, throttledMs } = usage ?? {};
  const hits = { memoryLimitHit: memoryKills > 0, processLimitHit: processRefusals > 0 };
  return { ...hits, peakMemoryMiB, cpuMs, throttledMs };
}

/** bubblewrap hands on how the program inside ended: its code, or 128 and the number of the signal. */
function readStatus(
  exitCode: number | null,
  ownSignal: NodeJS.Signals | null,
): { readonly code: number | undefined; readonly signal: NodeJS.Signals | undefined } {
  if (ownSignal !== null) return { code: undefined, signal: ownSignal };
  if (exitCode === null) return { code: undefined, signal: undefined };
  const signals = Object.entries(constants.signals) as [NodeJS.Signals, number][]; // its keys are the names of signals
  const signal = signals.find(([, number]) => exitCode === 128 + number)?.[0];
  return signal === undefined ? { code: exitCode, signal: undefined } : { code: undefined, signal };
}
