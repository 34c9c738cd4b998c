import { describe, expect, it } from '@jest/globals';
import { Type, type TSchema } from 'typebox';
import { Bytes } from '../../src/index.ts';
import { schemaProblem, withDefaults } from '../../src/hosting.ts';

const closed = { additionalProperties: false };

describe('schemaProblem', () => {
  it.each<[TSchema, unknown]>([
    [
      Type.Object({ a: Type.Optional(Bytes()), b: Type.Array(Bytes()) }),
      { b: [new Uint8Array(1), Buffer.from('x')] },
    ],
    [Type.Union([Bytes(), Type.Null()]), null],
    [Type.Record(Type.String(), Bytes()), { a: new Uint8Array(1) }],
    [Type.Undefined(), undefined],
  ])('has nothing to say of what fits %j', (schema, value) => {
    expect(schemaProblem(schema, value)).toBeUndefined();
  });

  it.each<[TSchema, unknown, string]>([
    [Type.Object({ name: Type.String() }), {}, 'lacks the field "name"'],
    [Type.Object({ a: Type.Number(), b: Type.Number() }), {}, 'lacks the field "a", "b"'],
    [Type.Object({}, closed), { b: 1 }, 'has the unknown field "b"'],
    [Type.Object({ name: Type.String() }), { name: 7 }, '/name must be string'],
    [Type.Object({ a: Type.Array(Type.Integer()) }), { a: [1, 'x'] }, '/a/1 must be integer'],
    [Type.Object({ 'x/y~z': Type.Number() }), { 'x/y~z': '' }, '/x~1y~0z must be number'],
    [Type.Literal('a'), 'b', 'must be "a"'],
    [Bytes(), 'text', 'must be a Uint8Array'],
    [Type.Object({ data: Bytes() }), { data: { 0: 1 } }, '/data must be a Uint8Array'],
    [Type.Number(), NaN, 'must be number'],
    [Type.Object({}), [], 'must be object'],
    [Type.Object({}), null, 'must be object'],
  ])('says of what does not fit %j where and why, in one line', (schema, value, problem) => {
    expect(schemaProblem(schema, value)).toBe(problem);
  });

  it('names five problems and counts the others', () => {
    const list = Type.Array(Type.Integer());
    expect(schemaProblem(list, ['', '', '', '', ''])).not.toContain('more');
    expect(schemaProblem(list, ['', '', '', '', '', '', ''])).toMatch(/^\/0 .*; and 2 more$/);
  });

  it('tells of the first part of a large value that does not fit, and of no other', () => {
    const schema = Type.Object({ list: Type.Array(Type.Object({ a: Type.Number() })) });
    const list: unknown[] = Array.from({ length: 100_000 }, (_, index) => ({ a: index }));
    list[70_000] = { a: 'x' };
    list[70_001] = { a: 'y' };
    expect(schemaProblem(schema, { list })).toBe('/list/70000/a must be number');
  });

  it.each<[string, TSchema, unknown]>([
    [
      'fields that nobody knows',
      Type.Object({}, { additionalProperties: false }),
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1])),
    ],
    ['items too many', Type.Array(Type.Number(), { maxItems: 2 }), Array.from({ length: 10_000 }, () => 1)],
  ])('says that it says no more where a large value has %s', (_, schema, value) => {
    expect(schemaProblem(schema, value)).toBe('it does not fit, in a part that is too large to say more of');
  });

  it('shows no character that moves a cursor, for names come from outside too', () => {
    const value = { '\u001b[2J\n\u009b': 1, ok: { '\u202e': 'x' } };
    const schema = Type.Object({ ok: Type.Record(Type.String(), Type.Number()) }, closed);
    const problem = schemaProblem(schema, value);
    expect(problem).toContain('\\u001b[2J\\u000a\\u009b');
    expect(problem).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

describe('withDefaults', () => {
  const Config = Type.Object({
    depth: Type.Integer({ default: 3 }),
    filter: Type.Object({ only: Type.Array(Type.String(), { default: ['npm'] }) }, { default: {} }),
    label: Type.Optional(Type.String()),
  });

  it.each([
    ['the schema of the plugin', Config],
    ['the same schema as a manifest has it', JSON.parse(JSON.stringify(Config)) as TSchema],
  ])('completes a configuration from %s', (_, schema) => {
    expect(withDefaults(schema, undefined)).toEqual({ depth: 3, filter: { only: ['npm'] } });
    expect(withDefaults(schema, { depth: 7, filter: { only: [] }, label: 'x' })).toEqual({
      depth: 7,
      filter: { only: [] },
      label: 'x',
    });
    expect(withDefaults(schema, { filter: {} })).toEqual({ depth: 3, filter: { only: ['npm'] } });
  });

  it('completes the items of a list', () => {
    const schema = Type.Object({
      rules: Type.Array(Type.Object({ severity: Type.String({ default: 'high' }) })),
    });
    expect(withDefaults(schema, { rules: [{}, { severity: 'low' }] })).toEqual({
      rules: [{ severity: 'high' }, { severity: 'low' }],
    });
  });

  it('leaves what does not fit for the check to complain of', () => {
    expect(withDefaults(Config, { depth: 'deep', filter: null })).toEqual({ depth: 'deep', filter: null });
    expect(withDefaults(Config, 'text')).toBe('text');
    expect(withDefaults(Config, [])).toEqual([]);
  });

  it('shares nothing with the configuration, nor with the schema', () => {
    const config = { filter: { only: ['cargo'] } };
    const one = withDefaults(Config, config) as typeof config;
    one.filter.only.push('changed');
    (withDefaults(Config, {}) as typeof config).filter.only.push('changed');
    expect(config).toEqual({ filter: { only: ['cargo'] } });
    expect(withDefaults(Config, {})).toEqual({ depth: 3, filter: { only: ['npm'] } });
  });

  it.each([
    '{"type":"object","properties":{"__proto__":{"type":"object","properties":{"polluted":{"default":1}}}}}',
    '{"~kind":"Object","type":"object","properties":{"__proto__":{"~kind":"Object","type":"object","properties":{"polluted":{"default":1}}}}}',
    '{"~kind":"Object","type":"object","properties":{"__proto__":{"default":{"polluted":1}}}}',
    '{"properties":{"constructor":{"properties":{"prototype":{"properties":{"polluted":{"default":1}}}}}}}',
    '{"~kind":"Record","patternProperties":{"^.*$":{"~kind":"Object","properties":{"polluted":{"default":1}}}},"additionalProperties":{"default":{"polluted":1}}}',
  ])('reaches no prototype, whatever a manifest says: %s', (schema) => {
    const completed = withDefaults(JSON.parse(schema) as TSchema, {});
    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(Object.getPrototypeOf(completed)).toBe(Object.getPrototypeOf(structuredClone({})));
    expect((completed as { polluted?: number }).polluted).toBeUndefined();
  });
});
