/**
 * Why a sandbox ended. `unresponsive`: it gave no sign of life, or did not stop in time. `cpuStarvation`: likewise, and the
 * kernel held it back at its limit for most of that time. `killedFromOutside`: by a signal that the host did not send; a plugin
 * that sends it to itself cannot be told from another sender.
 */
export type SandboxEndCause =
  | 'stopped'
  | 'crashed'
  | 'memoryLimit'
  | 'cpuStarvation'
  | 'processLimit'
  | 'protocolViolation'
  | 'startTimeout'
  | 'unresponsive'
  | 'killedFromOutside';

/** A call that had no answer when a sandbox ended. */
export interface UnansweredCall {
  /** `toPlugin`: the host waited for the plugin. */
  readonly direction: 'toPlugin' | 'toHost';
  readonly capability: string;
  readonly method: string;
  readonly ageMs: number;
}

/** The record of the end of one sandbox: of bounded size, and without values of the configuration. */
export interface CrashReport {
  readonly cause: SandboxEndCause;
  /** In one sentence, without a full stop. */
  readonly problem: string;
  readonly at: Date;
  readonly uptimeMs: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Missing where the kernel does not count it. */
  readonly peakMemoryMiB?: number;
  readonly cpuMs?: number;
  /** How long the kernel held it back at its limit of the processor. */
  readonly throttledMs?: number;
  /** The last that the plugin logged or printed, oldest first. At most 20 lines of 500 characters. */
  readonly lastLines: readonly string[];
  readonly callsInFlightCount: number;
  /** The oldest of them, at most 20. */
  readonly callsInFlight: readonly UnansweredCall[];
}
