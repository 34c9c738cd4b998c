import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { excessOf } from '../../src/hosting/json-parts.ts';

/** The arrays, fields, and four times the objects in a value, counted where they are. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts = Object.values(value);
  return (
    (Array.isArray(value) ? 1 : 4 + parts.length) + parts.reduce<number>((sum, part) => sum + count(part), 0)
  );
}

describe('the number of arrays, objects and fields in JSON', () => {
  it('is that of the value, whatever its texts are', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(10), (value, indent) => {
        const json = JSON.stringify(value, undefined, indent);
        const containers = count(value);
        expect(excessOf(json, containers)).toBeUndefined();
        const fewer = Math.max(0, containers - 1);
        // A text so short is not looked at: it has no more parts than characters but for the weight of objects.
        expect(excessOf(json, fewer)).toBe(containers > 0 && json.length > fewer ? 'parts' : undefined);
      }),
      { seed: 7 },
    );
  });

  it.each([
    ['brackets in a text', String.raw`["[[[[{{{{", "a\"[[[[", "\\", "[\\\"["]`],
    ['a text without an end', '["[[[[[[[[[[[[[[[['],
    ['a text that ends with an escape', String.raw`["[[[[[[[[[[[[[\"`],
  ])('does not count %s', (_, json) => {
    expect(excessOf(json, 1)).toBeUndefined();
  });

  it('counts the fields of an object twice from the thousandth on, of each object by itself', () => {
    const table = (fields: number): string =>
      `{${Array.from({ length: fields }, (_, index) => `"k${index}":[]`).join(',')}}`;
    expect(excessOf(table(1000), 2004)).toBeUndefined();
    expect(excessOf(table(1001), 2007)).toBeUndefined();
    expect(excessOf(table(1001), 2006)).toBe('parts');
    expect(excessOf(`[${table(1000)},${table(1000)}]`, 4009)).toBeUndefined();
  });
});

describe('the depth of JSON', () => {
  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('is a thousand at most: %s', (_, open, close) => {
    const nested = (depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(excessOf(nested(1000), 50_000)).toBeUndefined();
    expect(excessOf(nested(1001), 50_000)).toBe('depth');
    expect(excessOf(`[${Array.from({ length: 10 }, () => nested(999)).join(',')}]`, 50_000)).toBeUndefined();
  });
});
