/**
 * TypeBox's builders of schemas, with its types, but without its code: what a plugin imports is read and run at each of its starts, and TypeBox's
 * builders bring along as much as all the rest. What they make is what TypeBox makes. Those that compute a type from another one are
 * TypeBox's alone, and so are its settings: who needs one imports it from `typebox`.
 */
import type * as TypeBox from 'typebox';
import { builderOf, builderOfCopy, copyOf, type Fields } from './made-schema.ts';

export type * from 'typebox';
export {
  anySchema as Any,
  arraySchema as Array,
  booleanSchema as Boolean,
  cyclicSchema as Cyclic,
  enumSchema as Enum,
  integerSchema as Integer,
  intersection as Intersect,
  literal as Literal,
  neverSchema as Never,
  nullSchema as Null,
  numberSchema as Number,
  objectSchema as Object,
  optional as Optional,
  readOnly as Readonly,
  recordSchema as Record,
  reference as Ref,
  refined as Refine,
  stringSchema as String,
  thisSchema as This,
  tuple as Tuple,
  undefinedSchema as Undefined,
  union as Union,
  unknownSchema as Unknown,
  unsafe as Unsafe,
  voidSchema as Void,
};

const anySchema = builderOf<typeof TypeBox.Any>('Any', () => ({}));
const unknownSchema = builderOf<typeof TypeBox.Unknown>('Unknown', () => ({}));
const neverSchema = builderOf<typeof TypeBox.Never>('Never', () => ({ not: {} }));
const nullSchema = builderOf<typeof TypeBox.Null>('Null', () => ({ type: 'null' }));
const undefinedSchema = builderOf<typeof TypeBox.Undefined>('Undefined', () => ({ type: 'undefined' }));
const voidSchema = builderOf<typeof TypeBox.Void>('Void', () => ({ type: 'void' }));
const booleanSchema = builderOf<typeof TypeBox.Boolean>('Boolean', () => ({ type: 'boolean' }));
const integerSchema = builderOf<typeof TypeBox.Integer>('Integer', () => ({ type: 'integer' }));
const numberSchema = builderOf<typeof TypeBox.Number>('Number', () => ({ type: 'number' }));
const stringSchema = builderOf<typeof TypeBox.String>('String', () => ({ type: 'string' }));
const thisSchema = builderOf<typeof TypeBox.This>('This', () => ({ $ref: '#' }));
const reference = builderOf<typeof TypeBox.Ref>('Ref', ($ref) => ({ $ref }));
const arraySchema = builderOf<typeof TypeBox.Array>('Array', (items) => ({ type: 'array', items }));
const union = builderOf<typeof TypeBox.Union>('Union', (anyOf) => ({ anyOf }));
const intersection = builderOf<typeof TypeBox.Intersect>('Intersect', (allOf) => ({ allOf }));
const literal = builderOf<typeof TypeBox.Literal>('Literal', (value) => ({
  type: typeNameOf(value),
  const: value,
}));
const enumSchema = builderOf<typeof TypeBox.Enum>('Enum', (values: Fields | readonly unknown[]) => ({
  enum: Array.isArray(values) ? values : valuesOfEnum(values as Fields),
}));
const tuple = builderOf<typeof TypeBox.Tuple>('Tuple', (items: readonly unknown[]) => ({
  type: 'array',
  additionalItems: false,
  items,
  minItems: items.length,
}));
const objectSchema = builderOf<typeof TypeBox.Object>('Object', (properties: Fields) => {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name]));
  return { type: 'object', ...(required.length > 0 && { required }), properties };
});
const cyclicSchema = builderOf<typeof TypeBox.Cyclic>(
  'Cyclic',
  (definitions: Readonly<Record<string, Fields>>, $ref: string) => {
    const named = Object.entries(definitions).map(
      ([$id, definition]) => [$id, Object.assign(copyOf(definition), { $id })] as const,
    );
    return { $defs: Object.fromEntries(named), $ref };
  },
);

/** The kind of TypeBox's `Record` that computes nothing: an object whose fields all hold the same, by names that need not be known. */
const recordSchema = builderOf<RecordBuilder>(
  'Record',
  ({ pattern }: TypeBox.TStringOptions, value: unknown) => ({
    type: 'object',
    patternProperties: { [pattern === undefined ? anyName : String(pattern)]: value },
  }),
);

const optional = builderOfCopy<typeof TypeBox.Optional>(() => ({ '~optional': true }));
const readOnly = builderOfCopy<typeof TypeBox.Readonly>(() => ({ '~readonly': true }));
const unsafe = builderOfCopy<typeof TypeBox.Unsafe>(() => ({ '~unsafe': null }));
const refined = builderOfCopy<typeof TypeBox.Refine>((schema, check, error = () => 'Refine Error') => {
  const { '~refine': before = [] } = schema as Partial<TypeBox.TRefine>;
  return { '~refine': [...before, { check, error }] };
});

const anyName = '^.*$';

type RecordBuilder = <Value extends TypeBox.TSchema>(
  name: TypeBox.TString,
  value: Value,
  options?: TypeBox.TObjectOptions,
) => TypeBox.TRecord<typeof anyName, Value>; // TypeBox has one type for all patterns too

function typeNameOf(value: unknown): string {
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint') return type;
  throw new TypeError(`A literal is a string, a number, a boolean or a bigint, not ${String(value)}`);
}

/** Of an `enum` of TypeScript, which has the names of its numbers as well. */
function valuesOfEnum(values: Fields): readonly unknown[] {
  const names = Object.keys(values).filter((name) => Number.isNaN(Number(name)));
  return names.map((name) => values[name]);
}

function isOptional(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.hasOwn(schema, '~optional');
}
