import {
  startPluginHost,
  type PluginHost,
  type PluginHostOptions,
  type PluginStatus,
} from '@stellaops/plugin-host';
import { recordingLogger } from '../../src/index.ts';

/** A host as a module has it, in production tiers, whose log does not fill the report of the tests. */
export function startHost(options: PluginHostOptions): Promise<PluginHost> {
  return startPluginHost({ logger: recordingLogger(), hostId: 'host-1', actor: 'service:test', ...options });
}

/** What the host says of one plugin. */
export function statusOf(host: PluginHost, id: string): PluginStatus {
  const found = host.plugins().find((plugin) => plugin.id === id);
  if (!found) throw new Error(`the host does not know ${id}`);
  return found;
}
