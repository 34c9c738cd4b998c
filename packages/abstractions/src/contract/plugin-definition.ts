import type { TSchema } from 'typebox';
import type { ImplementationDirectory } from './implementation-directory.ts';
import type { Plugin, PluginDescriptor } from './plugin.ts';

/** Shared by every copy of this package: a plugin bundles one, the host or the runner has another. */
const brand: unique symbol = Symbol.for('stellaops.plugin.PluginDefinition');

/** The version of what host and plugin expect of each other's objects; the one that this package makes and reads. */
export const pluginAbiVersion = 3;

/** Makes checks by schemas: one says what is wrong with a value, as one line, and `undefined` when it fits. */
export type SchemaCheck = (schema: TSchema) => (value: unknown) => string | undefined;

/** What the entry of a plugin exports under the name `plugin`: how to make an instance. Made by `definePlugin`. */
export interface PluginDefinition {
  readonly [brand]: number;
  /** The schema of the configuration, for the tool that writes the manifest. */
  readonly configSchema?: TSchema;
  create(descriptor: PluginDescriptor): Plugin & ImplementationDirectory;
  /**
   * Loads what checks values by the schemas of this plugin. A runner uses the TypeBox that the plugin brings along: one of its own would
   * double the time in which it comes up. It is loaded before the first call and not with the plugin, whose start would take twice as long.
   */
  loadSchemaCheck(): Promise<SchemaCheck>;
}

/** Brands a definition with the ABI version of this package. */
export function brandPluginDefinition(definition: {
  readonly configSchema?: TSchema;
  readonly create: PluginDefinition['create'];
  readonly loadSchemaCheck: PluginDefinition['loadSchemaCheck'];
}): PluginDefinition {
  return Object.freeze({ ...definition, [brand]: pluginAbiVersion });
}

/**
 * The definition that an entry module exports, or a sentence that says why it has none. Reads properties of a foreign
 * object and runs none of its functions.
 */
export function readPluginDefinition(module: unknown): PluginDefinition | string {
  const exported: unknown = Object(module).plugin;
  if (exported === undefined) return 'it exports nothing named `plugin`';
  const version: unknown = Object(exported)[brand];
  if (version === undefined) return 'its `plugin` was not made by definePlugin()';
  if (version !== pluginAbiVersion)
    return `its SDK has ABI version ${JSON.stringify(version)}, and this host reads ${pluginAbiVersion}: build it with the SDK that belongs to the host`;
  return exported as PluginDefinition; // the brand says so, within the ABI version
}
