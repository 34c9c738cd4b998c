import {
  capabilityName,
  PluginError,
  type CapabilityApi,
  type Implementation,
  type PluginContext,
  type PluginInfo,
} from '@stellaops/plugin-abstractions';
import type { ServiceFactory } from '@stellaops/plugin-host/services';
import { recordingLogger, type RecordingLogger } from './recording-logger.ts';

/** A context that a test made, with what it recorded. */
export interface TestContext<Config> extends PluginContext<Config> {
  readonly logger: RecordingLogger;
  /** Aborts the signal of the context, as a shutdown does. */
  end(): void;
}

/** A context to initialize a plugin with, without a host. Services that are not given are not declared either. */
export function testContext<Config = undefined>(
  options: {
    readonly config?: Config;
    readonly services?: readonly (Implementation | ServiceFactory)[];
    readonly info?: Partial<PluginInfo>;
  } = {},
): TestContext<Config> {
  const info: PluginInfo = {
    id: 'test.plugin',
    name: 'Test plugin',
    version: '1.0.0',
    trustLevel: 'builtIn',
    ...options.info,
  };
  const ending = new AbortController();
  const scope = { plugin: info, signal: ending.signal, audit: () => Promise.resolve() };
  const services = options.services?.map((service) => ({
    capability: service.capability,
    api: 'create' in service ? service.create(scope) : service.api,
  }));
  return {
    info,
    config: options.config as Config, // left out only where Config allows it
    logger: recordingLogger(),
    signal: ending.signal,
    end: () => ending.abort(),
    resolve: (service) => {
      const found = services?.find(
        ({ capability }) => capability.id === service.id && capability.version === service.version,
      );
      if (found) return found.api as CapabilityApi<typeof service.methods>; // same id and version, same contract
      throw new PluginError('CAPABILITY_NOT_DECLARED', {
        pluginId: info.id,
        capability: capabilityName(service),
        list: 'requires',
      });
    },
  };
}
