import { PluginError } from '@stellaops/plugin-abstractions';
import { withDeadline } from './deadline.ts';

/** Waits for an answer of the registry. Rejects as it does, and with `REGISTRY_UNAVAILABLE` when it takes longer than `timeouts.registryTimeoutMs`. */
export function inRegistryTime<Result>(timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const late = (): PluginError =>
    new PluginError('REGISTRY_UNAVAILABLE', {
      problem: `it did not answer within ${timeoutMs} ms (timeouts.registryTimeoutMs)`,
    });
  return withDeadline({ timeoutMs, timedOut: late, cancelled: late }, work);
}
