import { describe, expect, it } from '@jest/globals';
import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import { isRequest, valueOf } from '../../src/http2/request-head.ts';

const method: HeaderField = [':method', 'POST'];
const path: HeaderField = [':path', '/a'];
const scheme: HeaderField = [':scheme', 'http'];

describe('the headers of a request', () => {
  it.each<[string, readonly HeaderField[]]>([
    ['what gRPC sends', [method, scheme, path, [':authority', 'x'], ['te', 'trailers']]],
    ['in another order', [path, [':authority', 'x'], scheme, method]],
    ['the same name twice', [method, scheme, path, ['cookie', 'a'], ['cookie', 'b']]],
    ['every character of a name', [method, scheme, path, ["!#$%&'*+-.^_`|~09az", '']]],
  ])('begin one: %s', (_, fields) => {
    expect(isRequest(fields)).toBe(true);
  });

  it.each<[string, readonly HeaderField[]]>([
    ['nothing', []],
    ['no method', [scheme, path]],
    ['no path', [method, scheme]],
    ['two methods', [method, scheme, path, method]],
    ['what belongs to an answer', [method, scheme, path, [':status', '200']]],
    ['what nobody knows', [method, scheme, path, [':what', '']]],
    ['the path behind others', [method, scheme, ['te', 'trailers'], path]],
    ['capitals', [method, scheme, path, ['Te', 'trailers']]],
    ['a space in a name', [method, scheme, path, ['t e', '']]],
    ['no name', [method, scheme, path, ['', 'x']]],
    ['an octet beyond ASCII', [method, scheme, path, ['\u00e9', '']]],
  ])('do not: %s', (_, fields) => {
    expect(isRequest(fields)).toBe(false);
  });

  it('are found by their name, the first of them', () => {
    const fields: readonly HeaderField[] = [
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
    ];
    expect(valueOf(fields, 'b')).toBe('2');
    expect(valueOf(fields, 'c')).toBeUndefined();
  });
});
