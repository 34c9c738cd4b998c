import type { AuditEventName } from '@stellaops/plugin-abstractions/hosting';
import { requirePositive } from '../plugin-settings.ts';

/** How much may wait for a registry that is away. */
export interface JournalLimits {
  /** Default 10 000. */
  readonly maxEvents: number;
  /** Default 16 MiB. On the disk there may be 1 MiB more, of events that were delivered. */
  readonly maxMiB: number;
}

/** Limits with their defaults. Throws a `TypeError` for one that is no positive number. */
export function completeJournalLimits(given: Partial<JournalLimits> = {}): JournalLimits {
  const limits = { maxEvents: 10_000, maxMiB: 16, ...given };
  for (const [name, value] of Object.entries(limits)) requirePositive(`journal.${name}`, value);
  return limits;
}

/** Counts what waits, against the limits. */
export class WaitingRoom {
  readonly #limits: JournalLimits;
  #events = 0;
  #bytes = 0;

  constructor(limits: JournalLimits) {
    this.#limits = limits;
  }

  get events(): number {
    return this.#events;
  }

  /** Why there is no room for an event, for people; `undefined` when there is. A plugin can cause rejected calls at will: they get half of it. */
  problem(event: AuditEventName, bytes: number): string | undefined {
    const share = event === 'call.rejected' ? 0.5 : 1;
    const { maxEvents, maxMiB } = this.#limits;
    if (this.#events < maxEvents * share && this.#bytes + bytes <= maxMiB * 1024 * 1024 * share)
      return undefined;
    const megabytes = (this.#bytes / 1024 / 1024).toFixed(1);
    return `the journal of what it has to be told is full (${this.#events} events, ${megabytes} MiB; journal.maxEvents, journal.maxMiB)`;
  }

  enter(bytes: number): void {
    this.#events += 1;
    this.#bytes += bytes;
  }

  leave(bytes: number): void {
    this.#events -= 1;
    this.#bytes -= bytes;
  }
}
