import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hasMoreParts } from '../../src/hosting/json-parts.ts';

/** The arrays, objects and fields in a value, counted where they are. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts = Object.values(value);
  return (
    1 + (Array.isArray(value) ? 0 : parts.length) + parts.reduce<number>((sum, part) => sum + count(part), 0)
  );
}

describe('the number of arrays, objects and fields in JSON', () => {
  it('is that of the value, whatever its texts are', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(10), (value, indent) => {
        const json = JSON.stringify(value, undefined, indent);
        const containers = count(value);
        expect(hasMoreParts(json, containers)).toBe(false);
        expect(hasMoreParts(json, containers - 1)).toBe(containers > 0);
      }),
      { seed: 7 },
    );
  });

  it.each([
    ['brackets in a text', String.raw`["[[[[{{{{", "a\"[[[[", "\\", "[\\\"["]`],
    ['a text without an end', '["[[[[[[[[[[[[[[[['],
    ['a text that ends with an escape', String.raw`["[[[[[[[[[[[[[\"`],
  ])('does not count %s', (_, json) => {
    expect(hasMoreParts(json, 1)).toBe(false);
  });
});
