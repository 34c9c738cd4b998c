export type { PgClient, PgPool } from './postgres/connection/bounded-pool.ts';
export type { ConnectOptions } from './postgres/connection/connect-database.ts';
export type { OpenOptions } from './postgres/embedded/open-database.ts';
export { migrationSql } from './postgres/migrations/migration-sql.ts';
export { PostgresPluginRegistry } from './postgres/postgres-plugin-registry.ts';
