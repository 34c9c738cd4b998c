/** `pnpm generate`: writes the JSON Schema of `plugin.json`, for editors, from the schema that hosts check manifests with. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PluginManifestSchema } from '../packages/abstractions/src/hosting.ts';

/** Where the schema lies in the published package. */
export const schemaFile = join(
  resolve(import.meta.dirname, '..'),
  'packages/abstractions/plugin.schema.json',
);

/** The text of the schema. */
export function manifestSchemaText(): string {
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  return `${JSON.stringify({ $schema, title: 'plugin.json', ...PluginManifestSchema }, undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(schemaFile, manifestSchemaText());
