import type { SandboxUsage } from '@stellaops/plugin-abstractions/hosting';
import type { CallStatistics } from '../dispatch/call-statistics.ts';
import type { PluginStatus } from '../lifecycle/plugin-table.ts';
import type { HostHealth } from '../plugin-host.ts';

/** One plugin, with what it does and what it uses. */
export interface PluginInspection extends PluginStatus {
  /** Missing for a plugin that was never called through the host, as no built-in plugin is. */
  readonly calls?: CallStatistics;
  /** What its sandbox uses; missing in process, and where it could not be read in time. */
  readonly usage?: SandboxUsage;
}

/** What a host looks like at one moment, as plain data. */
export interface HostInspection extends HostHealth {
  readonly hostId: string;
  readonly at: Date;
  readonly plugins: readonly PluginInspection[];
}
