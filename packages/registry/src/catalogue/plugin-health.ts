import {
  withheldBecause,
  type AuditEventName,
  type LifecycleState,
  type PluginHealth,
  type PluginHostHealth,
  type RecordedAuditEvent,
  type RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import { versionInForce } from './plugin-entry.ts';

/** What the events of the life of a plugin say of its state. */
const stateAfter: { readonly [Name in AuditEventName]?: LifecycleState } = {
  'plugin.admitted': 'loading',
  'plugin.activated': 'active',
  'plugin.failed': 'failed',
  'plugin.shutdown': 'shutdown',
};

/** The events that say what state a plugin is in. */
export const lifeEvents = Object.keys(stateAfter) as readonly AuditEventName[]; // the keys of the line above

/** How a plugin stands, from its entry and the last that each host said of it. */
export function healthOf(
  pluginId: string,
  entry: RegisteredPlugin | undefined,
  last: readonly RecordedAuditEvent[],
): PluginHealth {
  const hosts = entry ? last.map(hostHealth) : [];
  const isActive = hosts.some(({ state }) => state === 'active');
  return { pluginId, isActive, hosts, ...(!isActive && { problem: problemOf(entry, hosts) }) };
}

function hostHealth({ hostId, event, at, version, code, detail }: RecordedAuditEvent): PluginHostHealth {
  return {
    hostId,
    state: stateAfter[event] ?? 'discovery',
    since: at,
    ...(version !== undefined && { version }),
    ...(event === 'plugin.failed' && {
      ...(code !== undefined && { code }),
      ...(detail !== undefined && { detail }),
    }),
  };
}

function problemOf(entry: RegisteredPlugin | undefined, hosts: readonly PluginHostHealth[]): string {
  if (!entry) return 'it was never registered';
  const withheld = withheldBecause(entry, versionInForce(entry)?.version ?? '');
  if (withheld !== undefined) return withheld;
  if (hosts.length === 0) return 'no host has loaded it';
  return hosts
    .map(({ hostId, state, since, detail }) => {
      const why = detail === undefined ? '' : `: ${detail}`;
      return `${hostId} has it in ${state} since ${since.toISOString()}${why}`;
    })
    .join('; ');
}
