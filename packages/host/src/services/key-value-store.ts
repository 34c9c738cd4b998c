import type { DatabaseSync } from 'node:sqlite';
import { capabilityName, PluginError, type CapabilityApi } from '@stellaops/plugin-abstractions';
import { KeyValueStore, type StoredValue } from '@stellaops/plugin-abstractions/services';
import { EntryTable, type EntryRow } from './entry-table.ts';
import { inTransaction, openDatabase } from './key-value-database.ts';
import { checkUsage, checkValue, completeLimits, type KeyValueLimits } from './key-value-limits.ts';
import { implementPerPlugin, type ServiceFactory } from './service-factory.ts';
import { fromColumn, toColumn, type ColumnValue } from './stored-value.ts';

type KeyValueMethods = typeof KeyValueStore.methods;

/** How many entries are read at once while one lists them. */
const pageSize = 32;

/** A key-value store to offer to plugins. Disposing closes it: do so after the host has stopped. */
export interface OpenKeyValueStore extends ServiceFactory<KeyValueMethods>, Disposable {}

/**
 * Opens a key-value store for the plugins of one host, each with entries of its own. With a `directory` they last: what was
 * answered as stored is there when the process was killed, though the last of it may be lost with the power. Without one they are in memory.
 * Rejects with `STORE_UNAVAILABLE`, for instance while another process has the folder open.
 */
export async function openKeyValueStore(
  options: { readonly directory?: string; readonly limits?: Partial<KeyValueLimits> } = {},
): Promise<OpenKeyValueStore> {
  const limits = completeLimits(options.limits);
  const database = await openDatabase(options.directory);
  const factory = implementPerPlugin(KeyValueStore, ({ plugin }) => entriesOf(plugin.id, database, limits));
  return { ...factory, [Symbol.dispose]: () => database.close() };
}

function entriesOf(
  pluginId: string,
  database: DatabaseSync,
  limits: KeyValueLimits,
): CapabilityApi<KeyValueMethods> {
  const table = new EntryTable(database, pluginId);
  return {
    get: async ({ key }) => {
      const row = table.get(key);
      return row && toEntry(row);
    },

    set: async ({ key, value: given, expectedRevision }) => {
      const value = asColumn(pluginId, given);
      const valueBytes = Buffer.byteLength(value);
      checkValue(pluginId, valueBytes, limits);
      return inTransaction(database, () => {
        const known = table.get(key);
        if (differs(expectedRevision, known)) return { isStored: false, revision: known?.revision ?? 0 };
        const size_bytes = key.length + valueBytes;
        const before = table.usage;
        const revision = before.revision + 1;
        const after = {
          revision,
          entry_count: before.entry_count + (known ? 0 : 1),
          size_bytes: before.size_bytes + size_bytes - (known?.size_bytes ?? 0),
        };
        checkUsage(pluginId, before, after, limits);
        table.put({ key, revision, size_bytes, value });
        table.usage = after;
        return { isStored: true, revision };
      });
    },

    delete: async ({ key, expectedRevision }) =>
      inTransaction(database, () => {
        const known = table.get(key);
        if (!known || differs(expectedRevision, known))
          return { isDeleted: false, revision: known?.revision ?? 0 };
        const { revision, entry_count, size_bytes } = table.usage;
        table.delete(key);
        table.usage = { revision, entry_count: entry_count - 1, size_bytes: size_bytes - known.size_bytes };
        return { isDeleted: true, revision: 0 };
      }),

    async *list({ prefix = '', after = '' }) {
      let last = after;
      for (;;) {
        const page = table.page(last, prefix, pageSize);
        for (const row of page) {
          last = row.key;
          yield toEntry(row);
        }
        if (page.length < pageSize) return;
      }
    },
  };
}

function differs(expectedRevision: number | undefined, known: EntryRow | undefined): boolean {
  return expectedRevision !== undefined && expectedRevision !== (known?.revision ?? 0);
}

function toEntry({ key, revision, value }: EntryRow): { key: string; revision: number; value: StoredValue } {
  return { key, revision, value: fromColumn(value) };
}

function asColumn(pluginId: string, value: StoredValue): ColumnValue {
  try {
    return toColumn(value);
  } catch (cause) {
    const target = { pluginId, capability: capabilityName(KeyValueStore), method: 'set' };
    const problem = `/value ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new PluginError('REQUEST_INVALID', { ...target, problem }, { cause });
  }
}
