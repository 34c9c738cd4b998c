import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { PluginError } from '@stellaops/plugin-abstractions';

const schemaVersion = 1;
/** https://sqlite.org/rescode.html#busy */
const busy = 5;

const schema = `
  CREATE TABLE IF NOT EXISTS plugins (
    plugin_id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    entry_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS entries (
    plugin_id TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (plugin_id, key)
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Opens the database of a folder, which is made when it is missing, or one in memory. One process at a time has it open, and what it
 * wrote is there when it was killed. Rejects with `STORE_UNAVAILABLE`.
 */
export async function openDatabase(directory: string | undefined): Promise<DatabaseSync> {
  // Not before it is used: Node 22 prints a warning that this module is experimental.
  const sqlite = await import('node:sqlite');
  if (directory === undefined) return prepare(new sqlite.DatabaseSync(':memory:'));
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, 'key-values.sqlite');
    await (await open(file, 'a', 0o600)).close();
    return prepare(new sqlite.DatabaseSync(file));
  } catch (cause) {
    throw new PluginError('STORE_UNAVAILABLE', { directory, problem: problemOf(cause) }, { cause });
  }
}

/** A write-ahead log survives the process without waiting for the disk: https://sqlite.org/pragma.html#pragma_synchronous */
function prepare(database: DatabaseSync): DatabaseSync {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (found > schemaVersion)
      throw new Error(`its format is ${found}, and this host knows ${schemaVersion}`);
    database.exec(`BEGIN EXCLUSIVE; ${schema} COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function problemOf(cause: unknown): string {
  const { errcode, message } = Object(cause);
  return errcode === busy ? 'it is open already, here or in another process' : String(message ?? cause);
}

/** Does all of it or, when it throws, nothing. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
