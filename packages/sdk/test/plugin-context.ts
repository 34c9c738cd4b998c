import type { Capability, CapabilityDeclaration } from '@stellaops/plugin-abstractions';
import type { Logger, PluginContext, PluginDefinition } from '../src/index.ts';

type Descriptor = Parameters<PluginDefinition['create']>[0];
type Instance = ReturnType<PluginDefinition['create']>;

/** What a host says to a plugin that declares these capabilities. */
export function descriptorOf(...provides: readonly CapabilityDeclaration[]): Descriptor {
  return {
    info: { id: 'acme.scanner', name: 'Scanner', version: '1.2.3', trustLevel: 'builtIn' },
    capabilities: { provides, requires: [] },
  };
}

/** A capability as a manifest declares it. */
export function declared({ id, version }: Capability): CapabilityDeclaration {
  return { id, version };
}

/** A context as a host makes one, with nothing behind it. */
export function contextWith(config?: unknown): PluginContext {
  const silent = (): void => undefined;
  const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => logger };
  return {
    info: descriptorOf().info,
    config,
    logger,
    signal: neverAborted(),
    resolve: () => {
      throw new Error('this host offers nothing');
    },
  };
}

/** Makes an instance and initializes it. */
export async function initialized(
  plugin: PluginDefinition,
  descriptor: Descriptor,
  config?: unknown,
): Promise<Instance> {
  const instance = plugin.create(descriptor);
  await instance.initialize(contextWith(config), neverAborted());
  return instance;
}

export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
