import type { ImplementationDirectory } from '../contract/implementation-directory.ts';
import type { Logger } from '../contract/logger.ts';
import type { PluginError } from '../contract/plugin-error.ts';
import type { Plugin, PluginDescriptor } from '../contract/plugin.ts';
import type { CrashReport } from './crash-report.ts';
import type { IsolationAspect, IsolationReport } from './isolation-report.ts';
import type { SandboxUsage } from './sandbox-usage.ts';

/** What a sandboxed plugin may use at most. */
export interface SandboxLimits {
  /** Memory of the whole sandbox, its temporary files and children included. Default 256. */
  readonly memoryLimitMiB: number;
  /** Processor time per second, in cores. Default 1. */
  readonly cpuLimitCores: number;
  /** Processes and threads together. Default 64. */
  readonly maxProcesses: number;
  /** Default 256. */
  readonly maxOpenFiles: number;
  /** Space under `/tmp`, the only place to write. Default 32. */
  readonly temporarySpaceMiB: number;
  /** Size of one file. Default 128. */
  readonly fileSizeLimitMiB: number;
  /** Lines that it logs or prints; more are dropped and counted. Default 200. */
  readonly logLinesPerSecond: number;
  /** What it prints; more is read later, so that the plugin waits, which is no sign of life. Default 1024. */
  readonly outputKiBPerSecond: number;
}

/** What the host grants when neither the operator nor the manifest says otherwise. */
export const defaultSandboxLimits: SandboxLimits = {
  memoryLimitMiB: 256,
  cpuLimitCores: 1,
  maxProcesses: 64,
  maxOpenFiles: 256,
  temporarySpaceMiB: 32,
  fileSizeLimitMiB: 128,
  logLinesPerSecond: 200,
  outputKiBPerSecond: 1024,
};

/** How large one message may be, either way. */
export interface MessageLimits {
  /** Default 1 MiB. */
  readonly jsonLimitBytes: number;
  /** Binary data of one message. Default 16 MiB. */
  readonly bytesLimitBytes: number;
  /**
   * Arrays, objects and fields in the JSON of one message: they cost far more than their text is long. An object counts as four, a field
   * after the thousandth of its object as two. Default 50 000.
   */
  readonly maxJsonParts: number;
  /** Calls of one plugin that may be in flight in one direction. Default 1024. */
  readonly maxCallsInFlight: number;
}

/** The bounds that hold when the options of the host say nothing. */
export const defaultMessageLimits: MessageLimits = {
  jsonLimitBytes: 1024 * 1024,
  bytesLimitBytes: 16 * 1024 * 1024,
  maxJsonParts: 50_000,
  maxCallsInFlight: 1024,
};

/** Everything a sandbox needs to know to run one instance of a plugin. */
export interface SandboxLaunch {
  readonly descriptor: PluginDescriptor;
  /** A private copy of the package that nobody else writes to. */
  readonly packageDirectory: string;
  /** What was admitted, as SHA-256 in hex; missing where nobody verified it, and then nothing of one start is kept for the next. */
  readonly packageDigest?: string;
  /** The entry module, relative to the package. */
  readonly entry: string;
  /** A private directory of this instance, for sockets and the like; removed by the host afterwards. */
  readonly scratchDirectory: string;
  /** A directory that all instances of a host share, for what is made once. */
  readonly runtimeDirectory: string;
  readonly limits: SandboxLimits;
  readonly messageLimits: MessageLimits;
  /** The host services that the plugin may call. */
  readonly services: ImplementationDirectory;
  /** Gets the log of the plugin, and what it prints. */
  readonly logger: Logger;
  /** How long a call may take when its caller does not say. */
  readonly callTimeoutMs: number;
  /** How long the plugin may take to let go of what it has after `stop`. */
  readonly stopTimeoutMs: number;
  /** How long the sandbox may give no sign of life before it is killed. */
  readonly heartbeatTimeoutMs: number;
  /** What must be enforced, and have been seen to be, before any code of the plugin is loaded. */
  readonly requiredIsolation: readonly IsolationAspect[];
  /** Called once for each process that was started, when it is gone: before `launch` rejects, or before `ended` resolves. */
  readonly onEnd: (report: CrashReport) => void;
}

/** A running sandbox, its plugin loaded and ready to be initialized. Disposing ends it, whatever its state. */
export interface SandboxedPlugin extends AsyncDisposable {
  readonly plugin: Plugin;
  /** The process, as the operating system of the host counts; missing where there is none. */
  readonly processId?: number;
  /** What was seen of its isolation before the plugin was loaded. */
  readonly isolation: IsolationReport;
  /** What it uses now: asked when somebody collects metrics, so it must be cheap. Missing where nothing counts. */
  usage?(): Promise<SandboxUsage>;
  /** Whether its end is known, which may be before it is gone: it answers no call that it is given now. Default: not before. */
  readonly isEnding?: boolean;
  /** Resolves when the sandbox is gone, with what ended it; `undefined` when it was disposed. Never rejects. */
  readonly ended: Promise<PluginError | undefined>;
}

/** Where untrusted plugins run. */
export interface PluginSandbox {
  /**
   * Starts a sandbox and loads the plugin in it. Rejects with `SANDBOX_UNSUPPORTED`, `ISOLATION_INSUFFICIENT`,
   * `SANDBOX_HANDSHAKE_FAILED`, `ENTRY_INVALID` or `SANDBOX_EXITED`, having left nothing behind; likewise when the signal aborts.
   */
  launch(launch: SandboxLaunch, signal: AbortSignal): Promise<SandboxedPlugin>;
}
