import type { Logger, PluginTrustLevel } from '@stellaops/plugin-abstractions';
import type {
  BuiltInPlugin,
  CapabilityGrant,
  HostTimeouts,
  PluginHost,
  PluginHostOptions,
} from '@stellaops/plugin-host';
import { startUniformHost } from '@stellaops/plugin-host/testing';
import {
  parseManifest,
  type MessageLimits,
  type PluginRegistry,
  type PluginSandbox,
} from '@stellaops/plugin-abstractions/hosting';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { silentLogger } from './silent-logger.ts';

/** What a test host is made of. */
export interface TestHostOptions {
  /** The plugins, with their manifests. */
  readonly plugins: readonly BuiltInPlugin[];
  /** The tier that all of them run in. Default `builtIn`. */
  readonly trustLevel?: PluginTrustLevel;
  /** Directories with real packages beside them; give a real sandbox too. */
  readonly pluginPaths?: readonly string[];
  /** Default: `InMemorySandbox` with the plugins. */
  readonly sandbox?: PluginSandbox;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly services?: NonNullable<PluginHostOptions['services']>;
  /** What the plugins may call of each other. */
  readonly grants?: readonly CapabilityGrant[];
  readonly registry?: PluginRegistry;
  readonly timeouts?: Partial<HostTimeouts>;
  readonly messages?: Partial<MessageLimits>;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
}

/**
 * Starts a host for a test, with every plugin required. It behaves the same in each tier: values are copied, calls have a deadline, answers
 * are checked, errors have codes. So a plugin whose tests pass here behaves the same wherever it is run.
 */
export async function startTestHost({
  plugins,
  trustLevel = 'builtIn',
  ...options
}: TestHostOptions): Promise<PluginHost> {
  const named = plugins.map(
    ({ manifest, plugin }) => [parseManifest(manifest, 'startTestHost()').id, plugin] as const,
  );
  return startUniformHost(
    {
      sandbox: new InMemorySandbox(Object.fromEntries(named)),
      logger: silentLogger,
      required: named.map(([id]) => id),
      hostId: 'test-host',
      actor: 'test',
      ...options,
      builtIn: plugins,
    },
    trustLevel,
  );
}
