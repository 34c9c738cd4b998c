import {
  capabilityName,
  PluginError,
  type PluginContext,
  type PluginDescriptor,
} from '@stellaops/plugin-abstractions';
import type { CallClient } from '../wire/call-client.ts';
import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import { remoteLogger } from './remote-logger.ts';

/** The context of a plugin in a sandbox: its log and its calls to services travel to the host, which checks them again. */
export function remoteContext(
  connection: Connection<RunnerFrame, HostFrame>,
  client: CallClient,
  { info, capabilities }: PluginDescriptor,
  configJson: string,
  signal: AbortSignal,
): PluginContext {
  return {
    info,
    config: configJson === '' ? undefined : (JSON.parse(configJson) as unknown),
    logger: remoteLogger(connection),
    signal,
    resolve: (service) => {
      if (
        !capabilities.requires.some(({ id, version }) => id === service.id && version === service.version)
      ) {
        const details = { pluginId: info.id, capability: capabilityName(service), list: 'requires' };
        throw new PluginError('CAPABILITY_NOT_DECLARED', details);
      }
      return client.api(service);
    },
  };
}
