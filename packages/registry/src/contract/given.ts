import { createHash, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type {
  AuditEvent,
  AuditEventName,
  CatalogueChange,
  HostAnnouncement,
  PluginManifest,
  PluginRegistration,
} from '@stellaops/plugin-abstractions/hosting';

/** What a case wants to say of a plugin. */
export interface Choices extends Partial<PluginManifest> {
  /** Stands for the content of the package. */
  readonly content?: string;
  readonly trustLevel?: PluginRegistration['trustLevel'];
}

/** An operator at a console. */
export const operator: CatalogueChange = { actor: 'user:ada', hostId: 'console-1' };

/** A manifest that provides one capability. */
export function manifestOf(id: string, choices: Partial<PluginManifest> = {}): PluginManifest {
  return {
    manifestVersion: 1,
    id,
    name: `The plugin ${id}`,
    version: '1.0.0',
    entry: 'dist/plugin.js',
    provides: [{ capability: 'CanScan', version: 1, parameters: { ecosystems: ['npm'] } }],
    ...choices,
  };
}

/** The digest of a content. */
export function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** An event of a host. */
export function eventOf(event: AuditEventName, pluginId: string, more: Partial<AuditEvent> = {}): AuditEvent {
  const who = { actor: 'service:test', hostId: 'host-1' };
  return { id: randomUUID(), event, at: new Date(), ...who, pluginId, version: '1.0.0', ...more };
}

/** The arguments of a registration. */
export function given(id: string, choices: Choices = {}): [PluginRegistration, AuditEvent] {
  const { content = 'as published', trustLevel = 'untrusted', ...manifest } = choices;
  const registration = { manifest: manifestOf(id, manifest), digest: digestOf(content), trustLevel };
  return [registration, eventOf('plugin.registered', id, { version: registration.manifest.version })];
}

/** A host that joins a fleet. */
export function announced(hostId: string, choices: Partial<HostAnnouncement> = {}): HostAnnouncement {
  const process = { processId: 7, processIdentity: '4026531836.7.1234' };
  return { hostId, machine: `machine of ${hostId}`, ...process, lostAfterMs: 60_000, ...choices };
}

/** Waits until a catalogue says what is asked of it, as it does when time has passed. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setImmediate();
}
