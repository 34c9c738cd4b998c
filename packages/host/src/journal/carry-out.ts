import { isPluginError } from '@stellaops/plugin-abstractions';
import type { PluginRegistry } from '@stellaops/plugin-abstractions/hosting';
import { inRegistryTime } from '../registry-deadline.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { Segment } from './segment.ts';

/** Something that the registry is told: now, or when it is back. */
export interface Told {
  readonly entry: JournalEntry;
  readonly content: Buffer;
  readonly done: PromiseWithResolvers<void>;
  /** Where it is kept; missing while the registry may still take it at once. */
  kept?: Promise<Segment>;
}

/** Something that only an answer of the registry settles. */
export interface Asked {
  readonly ask: () => Promise<void>;
  readonly refuse: (error: unknown) => void;
}

/** Tells or asks the registry. Rejects with what it rejects with, and with `REGISTRY_UNAVAILABLE` when it does not answer in time. */
export async function carryOut(
  item: Told | Asked,
  registry: PluginRegistry,
  timeoutMs: number,
): Promise<void> {
  await inRegistryTime(timeoutMs, () => ('ask' in item ? item.ask() : deliver(registry, item.entry)));
}

/** Whether the registry has answered that it will not. */
export function isRefusal(error: unknown): boolean {
  return isPluginError(error) && error.code !== 'REGISTRY_UNAVAILABLE';
}

/** The trail tells of a plugin that was taken out of the catalogue in the meantime, too. */
async function deliver(registry: PluginRegistry, { event, status }: JournalEntry): Promise<void> {
  if (status === undefined || event.pluginId === undefined) return registry.audit(event);
  try {
    const { hostId, version } = event;
    const place = version === undefined ? undefined : { hostId, version };
    await registry.recordStatus(event.pluginId, status, event, place);
  } catch (error) {
    if (isPluginError(error, 'REGISTRY_CONFLICT')) await registry.audit(event);
    throw error;
  }
}
