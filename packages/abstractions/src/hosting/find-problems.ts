import type { TSchema } from 'typebox';
import type { Validator } from 'typebox/schema';

/** What TypeBox says is wrong at a place of a value. */
export type Problem = ReturnType<Validator['Errors']>[1][number];

/** Values that TypeBox looks for problems in: it looks everywhere, and is a hundred times slower than the check itself. */
const maxValues = 2000;

/**
 * Finds what is wrong with a value that a check has refused. In a large value only in the first part of it that does not fit, and
 * nothing where no part of it is to blame, or where that is too large as well.
 */
export function findProblems(
  compile: (schema: TSchema) => Validator,
  schema: TSchema,
  value: unknown,
): readonly Problem[] {
  let part: Part = { place: '', schema, value };
  while (isLarge(part.value)) {
    const next = partsOf(part).find((each) => !compile(each.schema).Check(each.value));
    if (!next) return [];
    part = next;
  }
  const { place } = part;
  const [, problems] = compile(part.schema).Errors(part.value);
  return problems.map((problem) => Object.assign(problem, { instancePath: place + problem.instancePath }));
}

interface Part {
  /** A JSON pointer. */
  readonly place: string;
  readonly schema: TSchema;
  readonly value: unknown;
}

/** The items of an array and the known fields of an object, each with its schema, as they are asked for. */
function* partsOf({ place, schema, value }: Part): Generator<Part, void, undefined> {
  const { items, properties } = schema as { readonly items?: unknown; readonly properties?: object }; // as JSON Schema has them
  if (Array.isArray(value) && isSchema(items))
    for (const [index, item] of value.entries())
      yield { place: `${place}/${index}`, schema: items, value: item };
  else if (typeof value === 'object' && value !== null && properties)
    for (const [name, field] of Object.entries(properties))
      if (Object.hasOwn(value, name) && isSchema(field))
        yield {
          place: `${place}/${name}`,
          schema: field,
          value: (value as Record<string, unknown>)[name], // hasOwn() says so
        };
}

function isSchema(schema: unknown): schema is TSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}

function isLarge(value: unknown): boolean {
  const waiting = [value];
  for (let count = 1; waiting.length > 0; count++) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || ArrayBuffer.isView(next)) continue;
    if (Array.isArray(next)) {
      if (count + waiting.length + next.length > maxValues) return true;
      waiting.push(...next);
      continue;
    }
    // Not by Object.values(), which takes 50 ms for an object as large as a message.
    for (const key in next) {
      if (count + waiting.length > maxValues) return true;
      waiting.push((next as Record<string, unknown>)[key]); // the loop says so
    }
  }
  return false;
}
