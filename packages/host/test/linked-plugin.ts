import { brandPluginDefinition, type Logger } from '@stellaops/plugin-abstractions';
import { schemaCheck } from '@stellaops/plugin-abstractions/hosting';
import type { BuiltInPlugin } from '../src/index.ts';

/** A plugin to link in, made of nothing but the contract: this package knows no SDK. */
export function linkedPlugin(
  id: string,
  steps: { initialize?: () => Promise<void>; stop?: () => Promise<void> } = {},
): BuiltInPlugin {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    manifest: { manifestVersion: 1, id, name: id, version: '1.0.0', entry: 'plugin.js', provides: [] },
    plugin: brandPluginDefinition({
      loadSchemaCheck: async () => schemaCheck,
      create: ({ info, capabilities }) => ({
        info,
        capabilities,
        initialize: steps.initialize ?? nothing,
        start: nothing,
        stop: steps.stop ?? nothing,
        api: () => undefined,
        find: () => {
          throw new Error(`${id} provides nothing`);
        },
      }),
    }),
  };
}

const nothing = (): void => undefined;

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
