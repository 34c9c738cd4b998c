import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ColumnValue } from './stored-value.ts';

/** An entry as it stands in the database. */
export interface EntryRow {
  readonly key: string;
  readonly revision: number;
  readonly size_bytes: number;
  readonly value: ColumnValue;
}

/** What a plugin uses, and the revision of its last change. */
export interface PluginRow {
  readonly revision: number;
  readonly entry_count: number;
  readonly size_bytes: number;
}

/** The statements about one plugin's entries. None can name those of another. */
export class EntryTable {
  readonly #pluginId: string;
  readonly #get: StatementSync;
  readonly #page: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #usage: StatementSync;
  readonly #putUsage: StatementSync;

  constructor(database: DatabaseSync, pluginId: string) {
    this.#pluginId = pluginId;
    const entry = 'SELECT key, revision, size_bytes, value FROM entries WHERE plugin_id = ?';
    this.#get = database.prepare(`${entry} AND key = ?`);
    this.#page = database.prepare(`${entry} AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`);
    this.#put = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM entries WHERE plugin_id = ? AND key = ?');
    this.#usage = database.prepare(
      'SELECT revision, entry_count, size_bytes FROM plugins WHERE plugin_id = ?',
    );
    this.#putUsage = database.prepare('INSERT OR REPLACE INTO plugins VALUES (?, ?, ?, ?)');
  }

  get(key: string): EntryRow | undefined {
    return this.#get.get(this.#pluginId, key) as EntryRow | undefined; // the columns of the statement
  }

  /** The next entries after a key. Keys are printable ASCII, so the character after `~` ends those with a prefix. */
  page(after: string, prefix: string, size: number): readonly EntryRow[] {
    const rows = this.#page.all(this.#pluginId, after, prefix, `${prefix}\x7f`, size);
    return rows as unknown as readonly EntryRow[]; // the columns of the statement
  }

  put({ key, revision, size_bytes, value }: EntryRow): void {
    this.#put.run(this.#pluginId, key, revision, size_bytes, value);
  }

  delete(key: string): void {
    this.#delete.run(this.#pluginId, key);
  }

  get usage(): PluginRow {
    const row = this.#usage.get(this.#pluginId) as PluginRow | undefined; // the columns of the statement
    return row ?? { revision: 0, entry_count: 0, size_bytes: 0 };
  }

  set usage({ revision, entry_count, size_bytes }: PluginRow) {
    this.#putUsage.run(this.#pluginId, revision, entry_count, size_bytes);
  }
}
