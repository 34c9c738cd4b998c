/** `pnpm generate`: writes the migrations of the registry as SQL, for operators who migrate by hand, from those that hosts run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrationSql } from '../packages/registry/src/postgres/migrations/migration-sql.ts';

/** The schema that hosts use unless they are told another. */
const schema = 'plugin_registry';

/** Where the files lie in the published package. */
export const sqlFolder = join(resolve(import.meta.dirname, '..'), 'packages/registry/sql');

/** The text of each file, by its name. */
export async function migrationFiles(): Promise<Readonly<Record<string, string>>> {
  const migrations = Object.entries(await migrationSql(schema));
  return Object.fromEntries(
    migrations.map(([name, text]) => [
      `${name}.sql`,
      `-- ${name} of @stellaops/plugin-registry, for the schema "${schema}"; migrationSql() writes it for another.\n${text}`,
    ]),
  );
}

if (import.meta.main) {
  mkdirSync(sqlFolder, { recursive: true });
  for (const [name, text] of Object.entries(await migrationFiles()))
    writeFileSync(join(sqlFolder, name), text);
}
