import {
  startPluginHost,
  type PluginHost,
  type PluginHostOptions,
  type PluginStatus,
} from '@stellaops/plugin-host';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import { recordingLogger } from '../../src/index.ts';

/**
 * A host as a module has it, in production tiers, whose log does not fill the report of the tests. It asks for no isolation, because
 * a sandbox in memory has none.
 */
export function startHost(options: PluginHostOptions): Promise<PluginHost> {
  return startPluginHost({
    logger: recordingLogger(),
    hostId: 'host-1',
    actor: 'service:test',
    waivedIsolation: isolationAspects,
    ...options,
  });
}

/** What the host says of one plugin. */
export function statusOf(host: PluginHost, id: string): PluginStatus {
  const found = host.plugins().find((plugin) => plugin.id === id);
  if (!found) throw new Error(`the host does not know ${id}`);
  return found;
}
