import type { SandboxUsage } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../deadline.ts';

/** How long a sandbox may take to tell what it uses. */
const usageTimeoutMs = 1_000;

/** What a sandbox uses; `undefined` for one that is just ending, and for one that does not tell within a second. */
export function usageInTime(usage: () => Promise<SandboxUsage>): Promise<SandboxUsage | undefined> {
  const late = (): Error => new Error(`no answer within ${usageTimeoutMs} ms`);
  const deadline = { timeoutMs: usageTimeoutMs, timedOut: late, cancelled: late };
  return withDeadline(deadline, usage).catch(() => undefined);
}
