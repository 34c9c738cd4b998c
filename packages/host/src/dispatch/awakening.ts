import { PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../deadline.ts';

/** The start of a plugin that waited to be called. */
export interface Awakening {
  readonly pluginId: string;
  /** Rejects with what the start failed of. */
  readonly started: Promise<void>;
  /** How long a call waits whose caller does not say. */
  readonly callTimeoutMs: number;
}

/**
 * Waits for the start within the deadline of the call, and resolves with what is left of it for the rest. Rejects with what the start
 * failed of, or as a call does that is given up; the start goes on.
 */
export async function whenAwake(
  { started, callTimeoutMs }: Awakening,
  target: CallTarget,
  options: CallOptions = {},
): Promise<CallOptions> {
  const { timeoutMs = callTimeoutMs, signal } = options;
  const begunAt = performance.now();
  const timedOut = (): PluginError => new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs });
  const cancelled = (reason: unknown): PluginError => {
    const problem = reason instanceof Error ? reason.message : String(reason);
    return new PluginError('CALL_CANCELLED', { ...target, problem }, { cause: reason });
  };
  await withDeadline({ timeoutMs, signal, timedOut, cancelled }, () => started);
  return { ...options, timeoutMs: Math.max(1, timeoutMs - (performance.now() - begunAt)) };
}
