import type {
  AuditEvent,
  PluginRegistration,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { CatalogueTransaction } from './catalogue-store.ts';
import { unknownPlugin } from './decisions.ts';
import { registeredVersion } from './plugin-entry.ts';
import { storableText } from '../audit/storable-text.ts';

/** Whether a registration says nothing new. Throws `DIGEST_MISMATCH` for a known version with another digest. */
export function isKnown(entry: RegisteredPlugin, registration: PluginRegistration): boolean {
  const isRegistered = registeredVersion(entry, registration) !== undefined;
  return isRegistered && entry.trustLevel === registration.trustLevel;
}

/** Enters a plugin or a version, and the event; nothing when another host was quicker. */
export async function register(
  entries: CatalogueTransaction,
  registration: PluginRegistration,
  event: AuditEvent,
): Promise<RegisteredPlugin> {
  const { manifest, digest, trustLevel } = registration;
  const { id, version } = manifest;
  const name = storableText(manifest.name);
  await entries.enter({ id, name, trustLevel, registeredAt: event.at });
  const entry = await found(entries, id);
  if (isKnown(entry, registration)) return entry;
  if (!registeredVersion(entry, registration)) {
    const copy: typeof manifest = JSON.parse(JSON.stringify(manifest));
    await entries.addVersion(id, { version, digest, manifest: copy, publishedAt: event.at });
  }
  if (entry.name !== name || entry.trustLevel !== trustLevel) await entries.describe(id, name, trustLevel);
  await entries.append(event);
  await entries.tell(id, event.event);
  return found(entries, id);
}

async function found(entries: CatalogueTransaction, pluginId: string): Promise<RegisteredPlugin> {
  const entry = await entries.find(pluginId);
  if (!entry) throw unknownPlugin(pluginId); // it was removed at this very moment
  return entry;
}
