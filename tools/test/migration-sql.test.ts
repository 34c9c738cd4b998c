import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { migrationFiles, sqlFolder } from '../migration-sql.ts';

it('publishes the migrations that hosts run as SQL (else: pnpm generate)', async () => {
  const files = readdirSync(sqlFolder).map((name) => [name, readFileSync(join(sqlFolder, name), 'utf8')]);
  expect(Object.fromEntries(files)).toEqual(await migrationFiles());
});
