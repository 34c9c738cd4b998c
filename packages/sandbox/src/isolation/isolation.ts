import type { Readable } from 'node:stream';
import type {
  IsolationAspect,
  IsolationEvidence,
  IsolationReport,
  SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';

/** Why a machine cannot isolate, as `SANDBOX_UNSUPPORTED` says it. */
export interface IsolationObstacle {
  /** Goes on after a colon, without a full stop. */
  readonly problem: string;
  /** The exact way out, in whole sentences. */
  readonly fix: string;
}

/** What a mechanism of the operating system does for one untrusted process. There is none that isolates nothing. */
export interface Isolation {
  /**
   * Tries the mechanism for real, once: the answer is kept. `undefined` when this machine can enforce what is required.
   * Never rejects for what a machine lacks.
   */
  probe(required: readonly IsolationAspect[]): Promise<IsolationObstacle | undefined>;
  /**
   * Starts the runner, isolated and limited before its first instruction.
   * Rejects with `SANDBOX_UNSUPPORTED`, having left nothing behind.
   */
  launch(request: IsolationRequest): Promise<IsolatedProcess>;
}

/** One untrusted process to be. */
export interface IsolationRequest {
  readonly pluginId: string;
  /** A copy of the package that nobody else writes to, its files readable by all. Seen inside as `/plugin`. */
  readonly packageDirectory: string;
  /** Compiled code of the package, likewise. Seen inside as `/runtime/compiled`; missing where there is none. */
  readonly compiledDirectory?: string | undefined;
  /** The runner, bundled into one file. Seen inside as `/runtime/runner`, with its own extension. */
  readonly runnerFile: string;
  /** Arguments of Node before the runner. */
  readonly nodeArguments?: readonly string[];
  /** Arguments of the runner. */
  readonly runnerArguments?: readonly string[];
  /** A socket on which the host already listens. Seen inside as `/run/host.sock`, and given to the plugin alone. */
  readonly socketPath: string;
  /** A directory of this instance alone. The mechanism sets its owner and mode; the caller removes it. */
  readonly scratchDirectory: string;
  /** A directory that instances share, for copies that are made once. */
  readonly runtimeDirectory: string;
  /** A secret for one handshake: one line on the runner's standard input, which then ends. */
  readonly token: string;
  readonly limits: SandboxLimits;
  /** What must be enforced; the mechanism may do without the rest where the machine lacks the means, and never otherwise. */
  readonly required: readonly IsolationAspect[];
  /** What the environment has beside `PATH`, `HOME`, `TMPDIR`, `LANG`, `PWD` and `STELLA_HOST_SOCKET`. Default nothing. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the runner saw of one aspect from inside. */
export interface RunnerObservation extends Omit<IsolationEvidence, 'source'> {
  readonly aspect: IsolationAspect;
}

/** A process that runs isolated. */
export interface IsolatedProcess {
  /** The first process inside, as the host counts. */
  readonly pid: number;
  /** The caller reads it, and bounds what it keeps. */
  readonly stdout: Readable;
  /** The caller reads it, and bounds what it keeps. */
  readonly stderr: Readable;
  /** Resolves when nothing runs inside any more and what the mechanism made is removed. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /**
   * Asks the kernel what holds for this process. Called when the runner runs, and after the limit of the processor was applied; once is
   * enough, for nothing inside can change it before a plugin is there. Never rejects.
   */
  askKernel(): Promise<void>;
  /**
   * What holds for this process: what the runner saw, what the kernel said when it was asked, which is now if it was not yet, and what
   * trials of this host ran into. Rejects as the observations do.
   */
  inspect(observations: Promise<readonly RunnerObservation[]>): Promise<IsolationReport>;
  /** Until this is called the process has all of the processor, for a fast start; afterwards what its limits say. May be called again. */
  applyCpuLimit(): Promise<void>;
  /** What it uses now, and has used of the processor; `undefined` where nothing counts it. */
  readLoad(): Promise<{ readonly memoryBytes: number | undefined; readonly cpuMs: number | undefined }>;
  /** What the kernel has counted so far. */
  readUsage(): Promise<ProcessUsage>;
  /** Ends everything inside at once; resolves with `exited`. May be called again. */
  kill(): Promise<void>;
}

/** What the kernel counted of an isolated process, and of all that it started. */
export interface ProcessUsage {
  /** The kernel killed a process inside because the memory limit was reached. */
  readonly memoryLimitHit: boolean;
  /** The kernel refused a process or thread because there were `maxProcesses`. */
  readonly processLimitHit: boolean;
  /** `undefined` where this kernel does not count it. */
  readonly peakMemoryMiB: number | undefined;
  readonly cpuMs: number | undefined;
  /** How long the kernel held it back at its limit of the processor. */
  readonly throttledMs: number | undefined;
}

/** How an isolated process ended, and what the kernel counted. */
export interface ProcessExit extends ProcessUsage {
  readonly code: number | undefined;
  /** A program that exits with 128 + n cannot be told from one that signal n ended, as in a shell. */
  readonly signal: NodeJS.Signals | undefined;
  /** Whether `kill` came before it had ended by itself. */
  readonly wasKilled: boolean;
  /** What could not be cleared away before the deadline; `undefined` when nothing was left. */
  readonly leftBehind: string | undefined;
}
