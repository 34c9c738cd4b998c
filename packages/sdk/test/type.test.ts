import { describe, expect, it } from '@jest/globals';
import { Type as Whole } from 'typebox';
import { Type } from '../src/index.ts';

describe('Type', () => {
  it('has what TypeBox has under the same names', () => {
    const { Record: _, ...handedOn } = Type;
    expect(Whole).toMatchObject(handedOn);
  });

  it.each([
    [
      'of any name',
      Type.Record(Type.String(), Type.Integer()),
      Whole.Record(Whole.String(), Whole.Integer()),
    ],
    [
      'of names with a pattern',
      Type.Record(Type.String({ pattern: '^a' }), Type.Integer()),
      Whole.Record(Whole.String({ pattern: '^a' }), Whole.Integer()),
    ],
    [
      'with options',
      Type.Record(Type.String(), Type.Null(), { maxProperties: 3 }),
      Whole.Record(Whole.String(), Whole.Null(), { maxProperties: 3 }),
    ],
  ])('makes the record of TypeBox from fields %s', (_, schema, theirs) => {
    expect(schema).toStrictEqual(theirs);
    expect(Object.getOwnPropertyDescriptors(schema)).toStrictEqual(Object.getOwnPropertyDescriptors(theirs));
  });
});
