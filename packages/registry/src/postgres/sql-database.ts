import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** A database with the tables of a catalogue. It answers in time, or rejects with `REGISTRY_UNAVAILABLE`. */
export interface SqlDatabase extends AsyncDisposable {
  /** Work that is done within the time of one call. */
  run<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Work of many statements, each within the time of one call. */
  runLong<Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>;
}
