import { describe, expect, it } from '@jest/globals';
import * as TypeBox from 'typebox';
import { Type } from '../../src/index.ts';

/** As TypeScript compiles an `enum`. */
const Colour = { 0: 'Red', Red: 0, Green: 'green' } as const;
const isShort = (value: string): boolean => value.length < 3;
const tooLong = (): string => 'too long';
const loop = { loop: TypeBox.Object({ next: TypeBox.Optional(TypeBox.Ref('loop')) }, { title: 'A loop' }) };

/** One schema of each kind, made by whoever makes them. */
const kinds = {
  Any: ({ Any }) => Any({ title: 'Anything' }),
  Array: ({ Array, String }) => Array(String(), { minItems: 1 }),
  Boolean: ({ Boolean }) => Boolean({ default: true }),
  Cyclic: ({ Cyclic }) => Cyclic(loop, 'loop', { title: 'Loops' }),
  Enum: ({ Enum }) => Enum(['a', 'b'], { title: 'One' }),
  'Enum, of TypeScript': ({ Enum }) => Enum(Colour),
  Integer: ({ Integer }) => Integer({ minimum: 1 }),
  Intersect: ({ Intersect, Object, Null }) =>
    Intersect([Object({ a: Null() })], { unevaluatedProperties: false }),
  Literal: ({ Literal }) => Literal('a', { title: 'A' }),
  'Literal, a number': ({ Literal }) => Literal(1),
  'Literal, a boolean': ({ Literal }) => Literal(false),
  'Literal, a bigint': ({ Literal }) => Literal(1n),
  Never: ({ Never }) => Never(),
  Null: ({ Null }) => Null(),
  Number: ({ Number }) => Number({ maximum: 1.5 }),
  Object: ({ Object, Optional, String, Null }) =>
    Object({ a: String(), b: Optional(Null()), constructor: Null() }, { additionalProperties: false }),
  'Object, without a required field': ({ Object, Optional, String }) => Object({ a: Optional(String()) }),
  Optional: ({ Optional, String }) => Optional(String({ title: 'Perhaps' })),
  'Optional, twice': ({ Optional, String }) => Optional(Optional(String())),
  Readonly: ({ Readonly, String }) => Readonly(String()),
  'Readonly and optional': ({ Readonly, Optional, String }) => Readonly(Optional(String())),
  Record: ({ Record, String, Integer }) => Record(String(), Integer()),
  'Record, of names with a pattern': ({ Record, String, Integer }) =>
    Record(String({ pattern: '^a' }), Integer()),
  'Record, of names with a regular expression': ({ Record, String, Integer }) =>
    Record(String({ pattern: /^a/ }), Integer()),
  'Record, with options': ({ Record, String, Null }) => Record(String(), Null(), { maxProperties: 3 }),
  Ref: ({ Ref }) => Ref('loop', { title: 'Again' }),
  Refine: ({ Refine, String }) => Refine(String(), isShort, tooLong),
  'Refine, twice': ({ Refine, String }) => Refine(Refine(String(), isShort, tooLong), isShort, tooLong),
  String: ({ String }) => String({ pattern: '^a' }),
  This: ({ This }) => This(),
  Tuple: ({ Tuple, String, Null }) => Tuple([String(), Null()], { title: 'Two' }),
  Undefined: ({ Undefined }) => Undefined(),
  Union: ({ Union, String, Null }) => Union([String(), Null()], { title: 'Either' }),
  Unknown: ({ Unknown }) => Unknown(),
  Unsafe: ({ Unsafe }) => Unsafe<Date>({ 'x-date': true }),
  Void: ({ Void }) => Void(),
} satisfies Readonly<Record<string, (type: typeof Type) => TypeBox.TSchema>>;

describe('Type', () => {
  it.each(Object.entries(kinds))('makes what TypeBox makes: %s', (_, schemaOf) => {
    const [ours, theirs] = [schemaOf(Type), schemaOf(TypeBox)];
    expect(described(ours)).toStrictEqual(described(theirs));
  });

  it('has a kind of this list for each of its builders', () => {
    expect(Object.keys(kinds)).toStrictEqual(expect.arrayContaining(Object.keys(Type)));
  });

  it('gives a refinement without a sentence the one of TypeBox', () => {
    const [ours] = Type.Refine(Type.String(), isShort)['~refine'];
    const [theirs] = TypeBox.Refine(TypeBox.String(), isShort)['~refine'];
    expect(ours?.error('long')).toBe(theirs?.error('long'));
  });

  it('leaves the schema as it is that is copied with a mark', () => {
    const schema = Type.String();
    const before = described(schema);
    Type.Optional(schema);
    expect(described(schema)).toStrictEqual(before);
  });

  it('says what a literal may be', () => {
    expect(() => Type.Literal(null as unknown as string)).toThrow(
      'A literal is a string, a number, a boolean or a bigint, not null',
    );
  });
});

/** The fields of a schema and of the schemas within by their names, those that JSON does not show included. */
function described(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(schema));
  const sorted = fields.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, { value, ...attributes }]) => [name, attributes, described(value)]);
}
