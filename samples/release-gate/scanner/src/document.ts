import type { ScanRefusal } from '@stellaops-samples/release-gate-contracts';
import type { Static } from '@stellaops/plugin-sdk';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { refuse } from './refusal.ts';

/** Checks what a parser made of a lockfile; from here on it has the type of the schema. */
export function checkDocument<Schema extends TSchema>(
  schema: Schema,
  document: unknown,
): { readonly document: Static<Schema> } | ScanRefusal {
  const validator = Compile(schema);
  if (validator.Check(document)) return { document };
  const [error] = validator.Errors(document);
  return refuse(
    'malformed',
    `is not what its version promises: ${error?.instancePath ?? ''} ${error?.message ?? ''}`,
  );
}
