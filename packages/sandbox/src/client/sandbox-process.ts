import type { Readable } from 'node:stream';
import type { IsolationReport } from '@stellaops/plugin-abstractions/hosting';
import type { ReadObservation } from './read-observations.ts';

/** What this end needs to know of an isolated process; what isolates it is none of its business. */
export interface SandboxProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<SandboxExit>;
  applyCpuLimit(): Promise<void>;
  askKernel(): Promise<void>;
  inspect(observations: Promise<readonly ReadObservation[]>): Promise<IsolationReport>;
  readLoad(): Promise<{ readonly memoryBytes: number | undefined; readonly cpuMs: number | undefined }>;
  readUsage(): Promise<{ readonly throttledMs: number | undefined }>;
  kill(): Promise<void>;
}

/** How it ended, and what the kernel counted; `undefined` where nothing does. */
export interface SandboxExit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Whether the host killed it before it had ended by itself. */
  readonly wasKilled: boolean;
  readonly memoryLimitHit: boolean;
  readonly processLimitHit: boolean;
  readonly peakMemoryMiB: number | undefined;
  readonly cpuMs: number | undefined;
  readonly throttledMs: number | undefined;
  readonly leftBehind: string | undefined;
}
