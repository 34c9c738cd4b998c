import { PluginError } from '@stellaops/plugin-abstractions';
import { schemaProblem, withDefaults } from '@stellaops/plugin-abstractions/hosting';
import type { HostedPlugin } from './hosted-plugin.ts';

/**
 * A copy of the configuration of a plugin, completed and checked where its manifest has a schema. Throws `CONFIG_INVALID`. That of an
 * untrusted plugin is only copied: its schema could hold up the host (a pattern that backtracks), so it checks in its sandbox.
 */
export function checkedConfig({ id: pluginId, admitted }: HostedPlugin, given: unknown): unknown {
  const invalid = (problem: string): PluginError => new PluginError('CONFIG_INVALID', { pluginId, problem });
  const { configSchema } = admitted.manifest;
  let config: unknown;
  try {
    config = structuredClone(given);
  } catch (error) {
    throw invalid(`it is more than data (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!configSchema || admitted.trustLevel === 'untrusted') return config;
  const completed = withDefaults(configSchema, config);
  const problem = schemaProblem(configSchema, completed);
  if (problem !== undefined) throw invalid(problem);
  return completed;
}
