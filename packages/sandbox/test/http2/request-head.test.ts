import { describe, expect, it } from '@jest/globals';
import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import { areTrailers, isAnswer, isRequest, valueOf } from '../../src/http2/request-head.ts';

const method: HeaderField = [':method', 'POST'];
const path: HeaderField = [':path', '/a'];
const scheme: HeaderField = [':scheme', 'http'];
const status: HeaderField = [':status', '200'];

describe('the headers of a request', () => {
  it.each<[string, readonly HeaderField[]]>([
    ['what gRPC sends', [method, scheme, path, [':authority', 'x'], ['te', 'trailers']]],
    ['in another order', [path, [':authority', 'x'], scheme, method]],
    ['the same name twice', [method, scheme, path, ['cookie', 'a'], ['cookie', 'b']]],
    ['values of any octets', [method, scheme, path, ['a', 'x \t\u0001\u007f\u00ff y'], ['b', '']]],
    ['every character of a name', [method, scheme, path, ["!#$%&'*+-.^_`|~09az", '']]],
  ])('begin one: %s', (_, fields) => {
    expect(isRequest(fields)).toBe(true);
  });

  it.each<[string, readonly HeaderField[]]>([
    ['nothing', []],
    ['no method', [scheme, path]],
    ['no path', [method, scheme]],
    ['no scheme', [method, path]],
    ['two methods', [method, scheme, path, method]],
    ['what belongs to an answer', [method, scheme, path, [':status', '200']]],
    ['what nobody knows', [method, scheme, path, [':what', '']]],
    ['the path behind others', [method, scheme, ['te', 'trailers'], path]],
    ['capitals', [method, scheme, path, ['Te', 'trailers']]],
    ['a space in a name', [method, scheme, path, ['t e', '']]],
    ['no name', [method, scheme, path, ['', 'x']]],
    ['an octet beyond ASCII', [method, scheme, path, ['\u00e9', '']]],
    ['a NUL in a value', [method, scheme, path, ['x', 'a\0b']]],
    ['a carriage return in a value', [method, scheme, path, ['x', 'a\rb']]],
    ['a line feed at the end of a value', [method, scheme, path, ['x', 'a\n']]],
    ['a line feed in the path', [method, scheme, [':path', '/a\n']]],
    ['a space before a value', [method, scheme, path, ['x', ' a']]],
    ['a space behind a value', [method, scheme, path, ['x', 'a ']]],
    ['a tab before a value', [method, scheme, path, ['x', '\ta']]],
    ['a tab behind a value', [method, scheme, path, ['x', 'a\t']]],
    ['what speaks of the connection', [method, scheme, path, ['connection', 'close']]],
    ['a coding of the transfer', [method, scheme, path, ['transfer-encoding', 'chunked']]],
    ['other codings that are taken', [method, scheme, path, ['te', 'gzip']]],
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

describe('the headers of an answer', () => {
  it.each<[string, readonly HeaderField[]]>([
    ['a status', [[':status', '200']]],
    ['a status that is preliminary', [[':status', '103']]],
    [
      'others behind it',
      [
        [':status', '200'],
        ['a', 'b'],
      ],
    ],
  ])('begin one: %s', (_, fields) => {
    expect(isAnswer(fields)).toBe(true);
  });

  it.each<[string, readonly HeaderField[]]>([
    ['nothing', []],
    ['no status', [['a', 'b']]],
    ['a status that is none', [[':status', '20']]],
    ['two of them', [status, status]],
    ['what belongs to a request', [status, path]],
    ['the status behind others', [['a', 'b'], status]],
    ['a line feed in a value', [status, ['a', '\n']]],
  ])('do not: %s', (_, fields) => {
    expect(isAnswer(fields)).toBe(false);
  });

  it('end with others, of which none is a status', () => {
    expect(areTrailers([])).toBe(true);
    expect(areTrailers([['grpc-status', '0']])).toBe(true);
    expect(areTrailers([status])).toBe(false);
    expect(areTrailers([['grpc-status', '0 ']])).toBe(false);
  });
});
