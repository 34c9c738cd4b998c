import type { CompleteOptions } from '../host-options.ts';
import type { StateDirectory } from '../state-directory.ts';
import { FileDeadline } from './file-deadline.ts';
import { Journal } from './journal.ts';
import { RegistryWriter } from './registry-writer.ts';
import { WaitingRoom } from './waiting-room.ts';

/** What a host tells its registry by; `undefined` for a host that has none. */
export function createRegistryWriter(
  { registry, hostId, logger, journal: limits, timeouts }: CompleteOptions,
  state: StateDirectory,
): RegistryWriter | undefined {
  if (!registry) return undefined;
  const place = { find: () => state.findJournal(), make: () => state.journal() };
  const deadline = new FileDeadline(state.root, timeouts.journalTimeoutMs, logger);
  const journal = new Journal(place, { registryId: registry.id, hostId }, deadline, logger);
  const room = new WaitingRoom(limits);
  return new RegistryWriter({ registry, journal, room, timeoutMs: timeouts.registryTimeoutMs, logger });
}
