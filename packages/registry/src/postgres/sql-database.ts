import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Hears of what is sent to a channel, until it is disposed. */
export interface Listening extends AsyncDisposable {
  /** Resolves when the connection is gone. */
  readonly ended: Promise<void>;
}

/** A database with the tables of a catalogue. It answers in time, or rejects with `REGISTRY_UNAVAILABLE`. */
export interface SqlDatabase extends AsyncDisposable {
  /** Work that is done within the time of one call. */
  run<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Work of many statements, each within the time of one call. */
  runLong<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Where changes are told. */
  readonly channel: string;
  /** Calls `hear` with what is sent to the channel from now on. Rejects when there is no connection, or the signal aborts. */
  listen(hear: (payload: string) => void, signal: AbortSignal): Promise<Listening>;
}
