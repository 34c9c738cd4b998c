import type { SandboxUsage } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../deadline.ts';
import type { CallLedger } from '../dispatch/call-statistics.ts';
import type { PluginTable } from '../lifecycle/plugin-table.ts';
import type { HostHealth } from '../plugin-host.ts';
import type { HostInspection } from './host-inspection.ts';

/** How long a sandbox may take to tell what it uses. */
const usageTimeoutMs = 1_000;

/** What a host is made of, as far as it is looked at. */
export interface InspectedHost {
  readonly hostId: string;
  readonly table: PluginTable;
  readonly ledger: CallLedger;
  readonly health: HostHealth;
}

/** Looks at everything once. Never rejects: what cannot be read in time is missing. */
export async function inspectHost({ hostId, table, ledger, health }: InspectedHost): Promise<HostInspection> {
  const at = new Date();
  // The health names the versions first, in the order of the table.
  const usages = table.everyVersion().map(({ instance }) => instance?.usage && readInTime(instance.usage));
  const plugins = health.plugins.map(async (status, index) => {
    const usage = await usages[index];
    const calls = status.id === undefined ? undefined : ledger.statistics(status.id);
    return { ...status, ...(calls && { calls }), ...(usage && { usage }) };
  });
  return { ...health, hostId, at, plugins: await Promise.all(plugins) };
}

function readInTime(usage: () => Promise<SandboxUsage>): Promise<SandboxUsage | undefined> {
  const late = (): Error => new Error(`no answer within ${usageTimeoutMs} ms`);
  const deadline = { timeoutMs: usageTimeoutMs, timedOut: late, cancelled: late };
  return withDeadline(deadline, usage).catch(() => undefined);
}
