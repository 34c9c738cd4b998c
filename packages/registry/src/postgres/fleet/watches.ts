import { setTimeout } from 'node:timers/promises';
import type { AuditEventName, CatalogueNotice } from '@stellaops/plugin-abstractions/hosting';
import { Notices } from '../../catalogue/notices.ts';
import type { SqlDatabase } from '../sql-database.ts';

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/** Those who watch the changes of a database. Each has a connection of its own for it, and gets another when that is lost. */
export class Watches {
  readonly #database: SqlDatabase;
  readonly #ending = new AbortController();
  readonly #connections = new Set<Promise<void>>();

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** The changes from now on, until the signal aborts or all watches end. */
  async *begin(signal: AbortSignal): AsyncGenerator<CatalogueNotice> {
    const left = new AbortController();
    const over = AbortSignal.any([signal, left.signal, this.#ending.signal]);
    const notices = new Notices();
    const connection = this.#keepListening(notices, over);
    this.#connections.add(connection);
    try {
      yield* notices.read(over);
    } finally {
      left.abort();
      await connection;
      this.#connections.delete(connection);
    }
  }

  /** Ends all of them. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#connections);
  }

  /** Never rejects. Whatever was sent while there was no connection is lost, so each one begins with a `resync`. */
  async #keepListening(notices: Notices, over: AbortSignal): Promise<void> {
    let failures = 0;
    while (!over.aborted) {
      try {
        const hear = (payload: string): void => notices.add(noticeOf(payload));
        await using listening = await this.#database.listen(hear, over);
        failures = 0;
        notices.add({ kind: 'resync' });
        await untilFirst(listening.ended, over);
      } catch {
        failures += 1; // whoever watches reads the tables too, and hears there of what is wrong
      }
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures) * (1 - Math.random() / 2);
      await setTimeout(pauseMs, undefined, { signal: over }).catch(() => undefined);
    }
  }
}

/** A notice as it is sent. */
export function noticePayload(notice: CatalogueNotice): string {
  return JSON.stringify(notice);
}

/** The notice that was sent; what was not sent by a registry means that anything may have changed. */
function noticeOf(payload: string): CatalogueNotice {
  try {
    const { kind, pluginId, event } = Object(JSON.parse(payload));
    if (kind === 'changed' && typeof pluginId === 'string' && typeof event === 'string')
      return { kind, pluginId, event: event as AuditEventName }; // a registry sent it, perhaps a newer one
  } catch {
    // somebody else uses the channel
  }
  return { kind: 'resync' };
}

async function untilFirst(ended: Promise<void>, over: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const abort = (): void => aborted.resolve();
  over.addEventListener('abort', abort, { once: true });
  if (over.aborted) abort();
  try {
    await Promise.race([ended, aborted.promise]);
  } finally {
    over.removeEventListener('abort', abort);
  }
}
