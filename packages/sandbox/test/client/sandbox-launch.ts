import type { ImplementationDirectory, Logger } from '@stellaops/plugin-abstractions';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  defaultMessageLimits,
  defaultSandboxLimits,
  type SandboxLaunch,
} from '@stellaops/plugin-abstractions/hosting';

/** A launch of a plugin that provides and requires nothing, of which a test says what matters to it. */
export function sandboxLaunch(logger: Logger, differing: Partial<SandboxLaunch> = {}): SandboxLaunch {
  const noServices: ImplementationDirectory = {
    find: ({ id }) => {
      throw new PluginError('CAPABILITY_NOT_DECLARED', {
        pluginId: 'test.plugin',
        capability: id,
        list: 'requires',
      });
    },
  };
  return {
    descriptor: {
      info: { id: 'test.plugin', name: 'Test', version: '1.0.0', trustLevel: 'untrusted' },
      capabilities: { provides: [], requires: [] },
    },
    packageDirectory: '/nowhere',
    entry: 'plugin.js',
    scratchDirectory: '/nowhere',
    runtimeDirectory: '/nowhere',
    limits: defaultSandboxLimits,
    messageLimits: defaultMessageLimits,
    services: noServices,
    logger,
    callTimeoutMs: 1000,
    stopTimeoutMs: 1000,
    heartbeatTimeoutMs: 10_000,
    requiredIsolation: [],
    onEnd: () => undefined,
    ...differing,
  };
}
