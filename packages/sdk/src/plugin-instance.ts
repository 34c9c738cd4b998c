import {
  capabilityName,
  PluginError,
  type Capability,
  type CapabilityApi,
  type CapabilityDeclaration,
  type CapabilityIdentity,
  type Implementation,
  type ImplementationDirectory,
  type MethodContracts,
  type Plugin,
  type PluginCapabilities,
  type PluginContext,
  type PluginDescriptor,
  type PluginInfo,
  type TSchema,
} from '@stellaops/plugin-abstractions';

/** What a plugin has to offer once it is initialized. */
export interface PluginParts {
  readonly provides?: readonly Implementation[];
  start?(signal: AbortSignal): void | Promise<void>;
  stop?(signal: AbortSignal): void | Promise<void>;
}

/** Makes the parts of one instance from its context, whose configuration was checked. */
export type PartsMaker = (context: PluginContext, signal: AbortSignal) => PluginParts | Promise<PluginParts>;

/** One instance of a plugin: holds its parts to what the manifest declares and the contracts demand. */
export class PluginInstance implements Plugin, ImplementationDirectory {
  readonly info: PluginInfo;
  readonly capabilities: PluginCapabilities;
  readonly #configSchema: TSchema | undefined;
  readonly #makeParts: PartsMaker;
  #parts: PluginParts = {};

  constructor(
    { info, capabilities }: PluginDescriptor,
    makeParts: PartsMaker,
    configSchema: TSchema | undefined,
  ) {
    this.info = info;
    this.capabilities = capabilities;
    this.#makeParts = makeParts;
    this.#configSchema = configSchema;
  }

  async initialize(context: PluginContext, signal: AbortSignal): Promise<void> {
    const config = await this.#checkedConfig(context.config);
    const { info, logger } = context;
    const resolve: PluginContext['resolve'] = (service) => context.resolve(service);
    this.#parts = await this.#makeParts({ info, config, logger, signal: context.signal, resolve }, signal);
    await this.#checkProvided();
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#parts.start?.(signal);
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#parts.stop?.(signal);
  }

  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> | undefined {
    return this.#provided(capability)?.api as CapabilityApi<Methods> | undefined; // same id and version, same contract
  }

  find(capability: CapabilityIdentity): Implementation {
    const pluginId = this.info.id;
    const found = this.#provided(capability);
    if (!found) {
      throw new PluginError('CAPABILITY_NOT_DECLARED', {
        pluginId,
        capability: capabilityName(capability),
        list: 'provides',
      });
    }
    return found;
  }

  #provided({ id, version }: CapabilityIdentity): Implementation | undefined {
    return this.#parts.provides?.find(
      ({ capability }) => capability.id === id && capability.version === version,
    );
  }

  async #checkedConfig(config: unknown): Promise<unknown> {
    if (!this.#configSchema) return config;
    const { schemaProblem, withDefaults } = await import('./schema-checks.ts');
    const completed = withDefaults(this.#configSchema, config);
    const problem = schemaProblem(this.#configSchema, completed);
    if (problem !== undefined) throw new PluginError('CONFIG_INVALID', { pluginId: this.info.id, problem });
    return completed;
  }

  async #checkProvided(): Promise<void> {
    const pluginId = this.info.id;
    const declared = this.capabilities.provides;
    for (const { capability, api } of this.#parts.provides ?? []) {
      const name = capabilityName(capability);
      const declaration = declared.find(
        ({ id, version }) => id === capability.id && version === capability.version,
      );
      if (!declaration)
        throw new PluginError('CAPABILITY_NOT_DECLARED', { pluginId, capability: name, list: 'provides' });
      const missing = Object.keys(capability.methods).filter((method) => typeof api[method] !== 'function');
      if (missing.length > 0) {
        throw new PluginError('CAPABILITY_NOT_IMPLEMENTED', {
          pluginId,
          capability: name,
          missing: missing.join(', '),
        });
      }
      if (capability.parameters) await this.#checkParameters(capability, capability.parameters, declaration);
    }
    const unserved = declared.find((declaration) => !this.#provided(declaration));
    if (unserved) {
      throw new PluginError('CAPABILITY_NOT_IMPLEMENTED', {
        pluginId,
        capability: capabilityName(unserved),
        missing: 'it',
      });
    }
  }

  async #checkParameters(
    capability: CapabilityIdentity,
    schema: TSchema,
    { parameters = {} }: CapabilityDeclaration,
  ): Promise<void> {
    const { schemaProblem } = await import('./schema-checks.ts');
    const problem = schemaProblem(schema, parameters);
    if (problem === undefined) return;
    throw new PluginError('MANIFEST_INVALID', {
      source: this.info.id,
      problem: `the parameters of ${capabilityName(capability)}: ${problem}`,
    });
  }
}
