import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Type } from 'typebox';
import { decodePayload, encodePayload } from '../../src/hosting/payload.ts';
import { Bytes } from '../../src/index.ts';

const WithBytes = Type.Object({ any: Type.Unknown(), data: Type.Optional(Bytes()) });

describe('a value that crosses a border', () => {
  it('arrives as it was sent, whatever JSON and bytes are in it, at any depth, under any name', () => {
    fc.assert(
      fc.property(values(), (value) => {
        const arrived = decodePayload(encodePayload(WithBytes, value));
        expect(isDeepStrictEqual(arrived, value)).toBe(true);
      }),
    );
  });

  it('arrives as it was sent when the contract knows no bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }).map(withoutMinusZero), (value) => {
        const payload = encodePayload(Type.Unknown(), value);
        expect(payload.attachments).toEqual([]);
        expect(isDeepStrictEqual(decodePayload(payload), value)).toBe(true);
      }),
    );
  });

  it('carries bytes beside the JSON and never in it', () => {
    const data = Uint8Array.of(1, 2, 3);
    const { json, attachments } = encodePayload(WithBytes, { any: [{ 'a/b~c': data }], data });
    expect(JSON.parse(json)).toEqual({ any: [{ 'a/b~c': null }], data: null });
    expect(attachments).toEqual([
      { pointer: '/any/0/a~1b~0c', data },
      { pointer: '/data', data },
    ]);
  });

  it('may be bytes alone, or nothing at all', () => {
    const data = Uint8Array.of(1);
    expect(encodePayload(Bytes(), data)).toEqual({ json: 'null', attachments: [{ pointer: '', data }] });
    expect(decodePayload(encodePayload(Bytes(), data))).toBe(data);
    expect(encodePayload(WithBytes, undefined)).toEqual({ json: '', attachments: [] });
    expect(decodePayload({ json: '', attachments: [] })).toBeUndefined();
  });

  it('takes a Buffer for the bytes that it is', () => {
    const arrived = decodePayload(encodePayload(WithBytes, { data: Buffer.from('hello') })) as {
      data: Uint8Array;
    };
    expect(Buffer.from(arrived.data).toString()).toBe('hello');
  });

  it('is a fresh copy, from which nothing leads back to the one that was sent', () => {
    const sent = { any: [{ list: [1] }] };
    const arrived = decodePayload(encodePayload(WithBytes, sent)) as typeof sent;
    arrived.any[0]?.list.push(2);
    expect(sent).toEqual({ any: [{ list: [1] }] });
  });

  it('says a date and what else brings a toJSON as its JSON, with bytes beside it or without', () => {
    const value = { any: new Date(0), data: Uint8Array.of(1) };
    expect(decodePayload(encodePayload(WithBytes, value))).toEqual({
      ...value,
      any: '1970-01-01T00:00:00.000Z',
    });
    expect(decodePayload(encodePayload(Type.Unknown(), new Date(0)))).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each([
    ['without bytes in its contract', Type.Unknown()],
    ['with bytes in its contract', WithBytes],
  ])('is refused with a TypeError when JSON cannot say it, %s', (_, schema) => {
    const cycle: { any: unknown[] } = { any: [] };
    cycle.any.push({ cycle });
    expect(() => encodePayload(schema, cycle)).toThrow(expect.objectContaining({ name: 'TypeError' }));
    expect(() => encodePayload(schema, { any: 1n })).toThrow(expect.objectContaining({ name: 'TypeError' }));
  });

  it('may hold one object in two places, which is no cycle', () => {
    const shared = { a: 1 };
    expect(decodePayload(encodePayload(WithBytes, { any: [shared, shared] }))).toEqual({
      any: [{ a: 1 }, { a: 1 }],
    });
  });

  it.each(['{', 'undefined', '{"a":1}x', '\u0000'])('is refused when its text is %j', (json) => {
    expect(() => decodePayload({ json, attachments: [] })).toThrow(
      expect.objectContaining({ name: 'SyntaxError' }),
    );
  });
});

/** JSON with bytes at any depth, under names that are hard to point at. */
function values(): fc.Arbitrary<unknown> {
  const names = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      '/',
      '~',
      '~0',
      '~1',
      '~01',
      '~10',
      'a/b',
      '0',
      '-',
      '__proto__',
      'constructor',
      'toString',
      'value',
    ),
  );
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutMinusZero),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).value;
}

/** JSON writes -0 as 0. */
function withoutMinusZero<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
