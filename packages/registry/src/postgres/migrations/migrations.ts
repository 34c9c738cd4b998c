import type { Migration } from 'kysely/migration';
import * as catalogue from './0001-catalogue.ts';
import * as fleet from './0002-fleet.ts';
import * as eventIds from './0003-event-ids.ts';

/**
 * Every migration of a schema, by name. They are never changed once published, and they only add: hosts of the version before go
 * on working with the tables while a fleet is upgraded.
 */
export function migrationsOf(schemaName: string): Readonly<Record<string, Migration>> {
  return {
    '0001-catalogue': { up: (db) => catalogue.up(db, schemaName) },
    '0002-fleet': { up: (db) => fleet.up(db, schemaName) },
    '0003-event-ids': { up: (db) => eventIds.up(db, schemaName) },
  };
}
