import { describe, expect, it } from '@jest/globals';
import { decodePayload } from '../../src/hosting/payload.ts';

const data = Uint8Array.of(1, 2, 3);

describe('an attachment from outside', () => {
  it.each([
    ['', 'null', data],
    ['/a', '{"a":null}', { a: data }],
    ['/a/1', '{"a":[0,null]}', { a: [0, data] }],
    ['/', '{"":null}', { '': data }],
    ['/~01', '{"~1":null}', { '~1': data }],
    ['/length', '{"length":null}', { length: data }],
  ])('is put where %j points, in %s', (pointer, json, expected) => {
    expect(decodePayload({ json, attachments: [{ pointer, data }] })).toEqual(expected);
  });

  it.each([
    ['to something that is not null', '/a', '{"a":1}'],
    ['to something that is false', '/a', '{"a":false}'],
    ['to nothing', '/b', '{"a":null}'],
    ['to the root of what is not null', '', '{"a":null}'],
    ['to the root of nothing', '', ''],
    ['into nothing', '/a', ''],
    ['below a null', '/a/b', '{"a":null}'],
    ['below a text', '/a/0', '{"a":"text"}'],
    ['to an inherited name', '/toString', '{}'],
    ['to the prototype', '/__proto__', '{}'],
    ['through the prototype', '/__proto__/polluted', '{}'],
    ['to the end of the prototypes, which is null', '/__proto__/__proto__', '{}'],
    ['through the constructor', '/constructor/prototype/polluted', '{}'],
    ['beyond the end of a list', '/1', '[null]'],
    ['to the end of a list', '/-', '[null]'],
    ['to an index with a zero before it', '/00', '[null]'],
    ['to a negative index', '/-1', '[null]'],
    ['to the length of a list', '/length', '[null]'],
    ['nowhere, without a slash', 'a', '{"a":null}'],
    ['nowhere, without a slash, and the root is null', 'a', 'null'],
    ['nowhere, as a fragment', '#/a', '{"a":null}'],
  ])('is refused when it points %s', (_, pointer, json) => {
    expect(() => decodePayload({ json, attachments: [{ pointer, data }] })).toThrow(
      expect.objectContaining({ name: 'SyntaxError', message: expect.stringContaining(pointer) }),
    );
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it.each([
    ['twice to one place', '/a', '/a'],
    ['into another one', '/a', '/a/0'],
    ['to a field of another one', '/a', '/a/length'],
  ])('is refused when it points %s', (_, first, second) => {
    const attachments = [first, second].map((pointer) => ({ pointer, data }));
    expect(() => decodePayload({ json: '{"a":null}', attachments })).toThrow('where nothing awaits it');
  });

  it('stays with a field of its own that is named like the prototype', () => {
    const value = decodePayload({
      json: '{"__proto__":null}',
      attachments: [{ pointer: '/__proto__', data }],
    });
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toBe(data);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
