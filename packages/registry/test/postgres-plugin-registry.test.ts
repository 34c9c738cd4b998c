import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresPluginRegistry } from '../src/postgres.ts';
import { pluginCatalogueContract } from '../src/testing.ts';
import { openTestDatabase, type TestDatabase } from '@stellaops-tools/postgres';

describe('a registry in PostgreSQL', () => {
  let database: TestDatabase;
  let schema: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    schema = database.newSchema();
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  it.each(pluginCatalogueContract)('$name', async ({ run }) => {
    const open = async (): Promise<PostgresPluginRegistry> => {
      await database.empty(schema);
      return PostgresPluginRegistry.connect({ connectionString: database.connectionString, schema });
    };
    await expect(run(open)).resolves.toBeUndefined();
  });
});
