/**
 * @packageDocumentation
 * PostgreSQL for tests and benchmarks.
 */
export { makeDurablePostgres, type DurablePostgres } from './durable-postgres.ts';
export { startPostgres, type PostgresServer } from './start-postgres.ts';
export { openTestDatabase, type TestDatabase } from './test-database.ts';
