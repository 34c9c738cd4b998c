import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';

/** What a call failed of, of what its implementation threw. */
export function failureOf(target: CallTarget): (thrown: unknown) => PluginError {
  return (thrown) =>
    new PluginError('CALL_FAILED', { ...target, problem: problemOf(thrown) }, { cause: thrown });
}

/** What a call failed of that was given up for this reason: an error of the framework is one already. */
export function cancelled(target: CallTarget, reason: unknown): PluginError {
  if (isPluginError(reason)) return reason;
  return new PluginError('CALL_CANCELLED', { ...target, problem: problemOf(reason) }, { cause: reason });
}

function problemOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'what it threw cannot be told as text';
  }
}
