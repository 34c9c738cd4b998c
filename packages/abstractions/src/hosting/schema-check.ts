import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';
import { findProblems } from './find-problems.ts';

const compiled = new WeakMap<TSchema, Validator>();
const shownProblems = 5;
const untold = 'it does not fit, in a part that is too large to say more of';
/** What moves a cursor or turns the direction of text: names of fields come from outside too. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** What is wrong with a value from outside, as one line with the place of each problem; `undefined` when it fits the schema. */
export function schemaProblem(schema: TSchema, value: unknown): string | undefined {
  return schemaCheck(schema)(value);
}

/** Says the same of many values: compiled at once, so that a schema that is none is found now and no call pays for it. */
export function schemaCheck(schema: TSchema): (value: unknown) => string | undefined {
  const validator = compile(schema);
  return (value) => (validator.Check(value) ? undefined : problemsOf(schema, value));
}

function problemsOf(schema: TSchema, value: unknown): string {
  const problems = new Set<string>();
  for (const error of findProblems(compile, schema, value)) {
    if (error.keyword === 'boolean') continue; // said again, with the names, by the keyword beside it
    const place = error.instancePath === '' ? '' : `${error.instancePath} `;
    problems.add(`${place}${describe(error.params) ?? error.message}`);
  }
  const lines = problems.size > 0 ? [...problems] : [untold];
  const more = lines.length > shownProblems ? `; and ${lines.length - shownProblems} more` : '';
  return (lines.slice(0, shownProblems).join('; ') + more).replaceAll(unprintable, escapeCharacter);
}

/**
 * Why a schema that came as data is none; `undefined` when it is one. It is not run: a schema can be made so that to check a value
 * takes for ever.
 */
export function schemaFault(schema: TSchema): string | undefined {
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * A copy of a configuration, completed with the `default`s that stand under `properties`, `items` and `allOf` of its schema;
 * whether it fits is for {@link schemaProblem}. The schema may be outside data, as that of a manifest is.
 */
export function withDefaults(schema: TSchema, config: unknown): unknown {
  return complete(schema, structuredClone(config ?? {}));
}

function compile(schema: TSchema): Validator {
  let validator = compiled.get(schema);
  if (!validator) compiled.set(schema, (validator = Compile(schema)));
  return validator;
}

/** Reads and writes own properties alone: a schema may name `__proto__`. */
function complete(schema: unknown, given: unknown): unknown {
  const keywords = new Map<string, unknown>(Object.entries(Object(schema)));
  let value = given === undefined ? structuredClone(keywords.get('default')) : given;
  const items = keywords.get('items');
  if (Array.isArray(value)) {
    return value.map((item, index) => complete(Array.isArray(items) ? items[index] : items, item));
  }
  const parts = keywords.get('allOf');
  if (Array.isArray(parts)) for (const part of parts) value = complete(part, value);
  if (typeof value !== 'object' || value === null) return value;
  for (const [name, part] of Object.entries(Object(keywords.get('properties')))) {
    const completed = complete(part, Object.getOwnPropertyDescriptor(value, name)?.value);
    const property = { value: completed, writable: true, enumerable: true, configurable: true };
    if (completed !== undefined) Object.defineProperty(value, name, property);
  }
  return value;
}

/** Says what TypeBox only keeps in the parameters of an error. */
function describe(params: object): string | undefined {
  if ('message' in params && typeof params.message === 'string') return params.message;
  if ('additionalProperties' in params) return `has the unknown field ${quoted(params.additionalProperties)}`;
  if ('requiredProperties' in params) return `lacks the field ${quoted(params.requiredProperties)}`;
  if ('allowedValue' in params) return `must be ${JSON.stringify(params.allowedValue)}`;
  return undefined;
}

function quoted(names: unknown): string {
  return (Array.isArray(names) ? names : [names]).map((name) => `"${String(name)}"`).join(', ');
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
