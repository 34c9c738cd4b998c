import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Default } from 'typebox/value';

const compiled = new WeakMap<TSchema, Validator>();
const shownProblems = 5;

/** What is wrong with a value from outside, as one line with the place of each problem; `undefined` when it fits the schema. */
export function schemaProblem(schema: TSchema, value: unknown): string | undefined {
  let validator = compiled.get(schema);
  if (!validator) compiled.set(schema, (validator = Compile(schema)));
  if (validator.Check(value)) return undefined;
  const problems = new Set<string>();
  for (const error of validator.Errors(value)) {
    if (error.keyword === 'boolean') continue; // said again, with the names, by the keyword beside it
    const place = error.instancePath === '' ? '' : `${error.instancePath} `;
    problems.add(`${place}${describe(error.params) ?? error.message}`);
  }
  const lines = [...problems];
  const more = lines.length > shownProblems ? `; and ${lines.length - shownProblems} more` : '';
  return lines.slice(0, shownProblems).join('; ') + more;
}

/** A copy of a configuration, completed with the defaults of its schema; whether it fits is for {@link schemaProblem}. */
export function withDefaults(schema: TSchema, config: unknown): unknown {
  return Default(schema, structuredClone(config ?? {}));
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
