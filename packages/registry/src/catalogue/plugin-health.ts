import {
  withheldBecause,
  type PluginHealth,
  type PluginHostHealth,
  type RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import { versionInForce } from './plugin-entry.ts';

/** How a plugin stands, from its entry and its instances. */
export function healthOf(
  pluginId: string,
  entry: RegisteredPlugin | undefined,
  hosts: readonly PluginHostHealth[],
): PluginHealth {
  const isActive = hosts.some(({ state, lostSince }) => state === 'active' && !lostSince);
  return { pluginId, isActive, hosts, ...(!isActive && { problem: problemOf(entry, hosts) }) };
}

function problemOf(entry: RegisteredPlugin | undefined, hosts: readonly PluginHostHealth[]): string {
  if (!entry) return 'it was never registered';
  const withheld = withheldBecause(entry, versionInForce(entry)?.version ?? '');
  if (withheld !== undefined) return withheld;
  if (hosts.length === 0) return 'no host of the fleet has it';
  return hosts
    .map(({ hostId, state, since, lostSince, detail }) => {
      const why = detail === undefined ? '' : `: ${detail}`;
      if (lostSince)
        return `${hostId}, which is lost since ${lostSince.toISOString()}, had it in ${state}${why}`;
      return `${hostId} has it in ${state} since ${since.toISOString()}${why}`;
    })
    .join('; ');
}
