export { formatInspection } from './inspection/format-inspection.ts';
export type { HostInspection, PluginInspection } from './inspection/host-inspection.ts';
export { watchHost, type WatchOptions, type WatchScreen } from './inspection/watch-host.ts';
