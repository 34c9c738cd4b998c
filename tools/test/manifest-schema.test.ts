import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { manifestSchemaText, schemaFile } from '../manifest-schema.ts';

it('publishes the schema that hosts check manifests with (else: pnpm generate)', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(manifestSchemaText());
});
