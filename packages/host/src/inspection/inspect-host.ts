import type { CallLedger } from '../dispatch/call-statistics.ts';
import type { PluginTable } from '../lifecycle/plugin-table.ts';
import { usageInTime } from '../observability/usage-in-time.ts';
import type { HostHealth } from '../plugin-host.ts';
import type { HostInspection } from './host-inspection.ts';

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
  const usages = table.everyVersion().map(({ instance }) => instance?.usage && usageInTime(instance.usage));
  const plugins = health.plugins.map(async (status, index) => {
    const usage = await usages[index];
    const calls = status.id === undefined ? undefined : ledger.statistics(status.id);
    return { ...status, ...(calls && { calls }), ...(usage && { usage }) };
  });
  return { ...health, hostId, at, plugins: await Promise.all(plugins) };
}
