import type { Migration } from 'kysely/migration';
import * as catalogue from './0001-catalogue.ts';

/**
 * Every migration of a schema, by name. They are never changed once published, and they only add: hosts of the version before go
 * on working with the tables while a fleet is upgraded.
 */
export function migrationsOf(schemaName: string): Readonly<Record<string, Migration>> {
  return {
    '0001-catalogue': { up: (db) => catalogue.up(db, schemaName) },
  };
}
