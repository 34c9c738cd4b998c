import { randomUUID } from 'node:crypto';
import { PluginError } from '@stellaops/plugin-abstractions';
import type {
  AuditEvent,
  AuditEventName,
  CatalogueChange,
  PluginRestriction,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { CatalogueTransaction } from './catalogue-store.ts';
import { checkConfig, versionInForce } from './plugin-entry.ts';
import { storableText } from '../audit/storable-text.ts';

/** What a decision says of itself in the audit trail, beside who made it. */
interface Told {
  readonly event: AuditEventName;
  readonly version?: string;
}

/** A decision of an operator about a plugin: does it, and says what it did. */
export type Decision = (
  entry: RegisteredPlugin,
  entries: CatalogueTransaction,
  change: CatalogueChange,
) => Promise<Told>;

/** Makes a decision, and writes its event behind it. Rejects with `REGISTRY_CONFLICT` for a plugin that is not there. */
export async function decide(
  entries: CatalogueTransaction,
  pluginId: string,
  change: CatalogueChange,
  decision: Decision,
): Promise<void> {
  const entry = await entries.find(pluginId);
  if (!entry) throw unknownPlugin(pluginId);
  const told = await decision(entry, entries, change);
  const { actor, hostId, reason } = change;
  const event: AuditEvent = { id: randomUUID(), ...told, at: new Date(), actor, hostId, pluginId };
  await entries.append(reason === undefined ? event : { ...event, detail: reason });
  await entries.tell(pluginId, told.event);
}

/** Gives it a configuration, or takes it away. */
export function configured(config: unknown): Decision {
  return async (entry, entries) => {
    if (config !== undefined) checkConfig(entry, config);
    await entries.setConfig(entry.id, config);
    return { event: 'plugin.configured' };
  };
}

/** Lets no host run it. */
export function restricted(kind: PluginRestriction['kind']): Decision {
  return async ({ id }, entries, { actor, reason }) => {
    const why = reason === undefined ? {} : { reason: storableText(reason) };
    await entries.setRestriction(id, { kind, since: new Date(), actor: storableText(actor), ...why });
    return { event: `plugin.${kind}` };
  };
}

/** Lets hosts run it again. */
export const enabled: Decision = async ({ id }, entries) => {
  await entries.setRestriction(id, undefined);
  return { event: 'plugin.enabled' };
};

/** Lets hosts run one version alone. */
export function pinned(version: string): Decision {
  return async (entry, entries) => {
    if (!entry.versions.some((each) => each.version === version))
      throw conflict(entry.id, version, 'this version was never registered');
    await entries.setPinnedVersion(entry.id, version);
    return { event: 'plugin.pinned', version };
  };
}

/** Lets hosts run any version. */
export const unpinned: Decision = async ({ id }, entries) => {
  await entries.setPinnedVersion(id, undefined);
  return { event: 'plugin.unpinned' };
};

/** Pins the version that was registered before the one in force. */
export function rolledBack(tell: (version: string) => void): Decision {
  return async (entry, entries) => {
    const current = versionInForce(entry)?.version ?? 'of any version';
    const index = entry.versions.findIndex(({ version }) => version === current);
    const previous = entry.versions[index - 1]?.version;
    if (previous === undefined)
      throw conflict(entry.id, current, 'no version was registered before this one');
    await entries.setPinnedVersion(entry.id, previous);
    tell(previous);
    return { event: 'plugin.rolledBack', version: previous };
  };
}

/** Takes it out of the catalogue. */
export const removed: Decision = async ({ id, restriction }, entries) => {
  if (!restriction)
    throw conflict(id, 'of any version', 'hosts may run it, so it cannot be removed before it is disabled');
  await entries.remove(id);
  return { event: 'plugin.removed' };
};

/** The catalogue has no such plugin. */
export function unknownPlugin(pluginId: string): PluginError {
  return conflict(pluginId, 'of any version', 'it was never registered');
}

function conflict(pluginId: string, version: string, problem: string): PluginError {
  return new PluginError('REGISTRY_CONFLICT', { pluginId, version, problem });
}
