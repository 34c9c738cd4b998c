/** What one sandbox uses, as metrics tell it; `undefined` for what nothing counts. */
export interface SandboxUsage {
  /** Memory now, that of its temporary files and children included. */
  readonly memoryBytes?: number | undefined;
  /** Processor time since it started. */
  readonly cpuMs?: number | undefined;
  /** What the host sent it. */
  readonly sentBytes?: number | undefined;
  /** What it sent the host. */
  readonly receivedBytes?: number | undefined;
  /** Lines of its log and its output that were dropped, because they were too many. */
  readonly droppedLogLines?: number | undefined;
}
