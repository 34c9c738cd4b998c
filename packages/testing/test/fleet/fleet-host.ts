import type { PluginHost, PluginHostOptions } from '@stellaops/plugin-host';
import { startHost } from '../host/start-host.ts';

/** An operator at a console. */
export const operator = { actor: 'user:ada', hostId: 'console-1', reason: 'ticket 7' };

/** A host of a fleet that hears of changes alone: it looks at nothing by itself while a test runs. */
export function startFleetHost(hostId: string, options: PluginHostOptions): Promise<PluginHost> {
  return startHost({ hostId, fleet: { reconcileIntervalMs: 3_600_000 }, ...options });
}
