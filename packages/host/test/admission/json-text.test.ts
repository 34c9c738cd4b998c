import { describe, expect, it } from '@jest/globals';
import { parseJson } from '../../src/admission/json-text.ts';

describe('JSON of a manifest', () => {
  it('is parsed', () => {
    expect(parseJson('{ "a": [1, "x", null] }')).toEqual({ a: [1, 'x', null] });
  });

  it.each([
    ['', 'line 1, column 1'],
    ['hello', 'line 1, column 1'],
    ['{\n  "a": 1,\n}', 'line 3, column 1'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3'],
    ['{\n  "a": tru,\n  "b": 2\n}', 'line 2, column 11'],
    ['{ "a": 1', 'line 1, column 9'],
    ['{ "a": 1 } x', 'line 1, column 12'],
    ["{ 'a': 1 }", 'line 1, column 3'],
    ['{\n// comment\n}', 'line 2, column 1'],
    ['{ "a": "x\ny" }', 'line 1, column 10'],
    [`{\n"filler": "${'x'.repeat(5000)}",\n"a": }`, 'line 3, column 6'],
  ])('is refused with the place of the mistake: %j', (text, place) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(place);
  });

  it('is refused without a word of what it says', () => {
    expect(() => parseJson('{ "token": secret }')).toThrow(/^line 1, column 12: Unexpected token 's'$/);
  });
});
