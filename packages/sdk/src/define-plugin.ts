import {
  brandPluginDefinition,
  type PluginContext,
  type PluginDefinition,
  type Static,
  type TSchema,
} from '@stellaops/plugin-abstractions';
import type { PluginBase } from './plugin-base.ts';
import { PluginInstance, type PartsMaker, type PluginParts } from './plugin-instance.ts';

type ConfigOf<Config extends TSchema | undefined> = Config extends TSchema ? Static<Config> : unknown;

/** What {@link definePlugin} is told. */
export type PluginOptions<Config extends TSchema | undefined> = {
  /** The schema of the configuration: it is checked and completed with its defaults before the plugin sees it. */
  readonly config?: Config;
} & (
  | {
      /** Makes the parts of one instance; state is a closure. */
      readonly initialize: (
        context: PluginContext<ConfigOf<Config>>,
        signal: AbortSignal,
      ) => PluginParts | Promise<PluginParts>;
    }
  | {
      /** A class instead of a function. */
      readonly plugin: new (context: PluginContext<ConfigOf<Config>>) => PluginBase<ConfigOf<Config>>;
    }
);

/** Defines a plugin. Its entry module exports the result under the name `plugin`. */
export function definePlugin<Config extends TSchema | undefined = undefined>(
  options: PluginOptions<Config>,
): PluginDefinition {
  const makeParts = partsMaker(options);
  return brandPluginDefinition({
    ...(options.config && { configSchema: options.config }),
    create: (descriptor) => new PluginInstance(descriptor, makeParts, options.config),
    loadSchemaCheck: async () => (await import('./schema-checks.ts')).schemaCheck,
  });
}

function partsMaker<Config extends TSchema | undefined>(options: PluginOptions<Config>): PartsMaker {
  return async (context, signal) => {
    const typed = context as PluginContext<ConfigOf<Config>>; // PluginInstance has checked the configuration against the schema
    if ('initialize' in options) return options.initialize(typed, signal);
    const plugin = new options.plugin(typed);
    await plugin.initialize(signal);
    return plugin;
  };
}
