import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { Bytes } from '../../src/index.ts';
import { defaultMessageLimits, ValueCodec, type MessageLimits } from '../../src/hosting.ts';

const target = { pluginId: 'acme.scanner', capability: 'CanScan v1', method: 'scan' };
const limits: MessageLimits = { ...defaultMessageLimits, jsonLimitBytes: 10, bytesLimitBytes: 4 };
const codec = new ValueCodec(target, limits);
/** An attachment costs JSON too. */
const roomy = new ValueCodec(target, { ...limits, jsonLimitBytes: 200 });
const bytes = Bytes();
const Pair = Type.Object({ a: Bytes(), b: Bytes() });

describe('the limits of a message', () => {
  it('let pass what is exactly as large as they allow', () => {
    expect(codec.encode(Type.String(), '12345678', 'REQUEST_INVALID').json).toHaveLength(10);
    expect(codec.decode({ json: '"12345678"', attachments: [] }, 'RESPONSE_INVALID')).toBe('12345678');
    expect(roomy.encode(Bytes(), new Uint8Array(4), 'REQUEST_INVALID').attachments[0]?.data).toHaveLength(4);
  });

  it('let pass as many arrays, objects and fields as they allow, and refuse one more on either side, naming the option', () => {
    const few = new ValueCodec(target, { ...defaultMessageLimits, maxJsonParts: 6 });
    const refusal = expect.objectContaining({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('the limit is 6 (`messages.maxJsonParts`)'),
    });
    const { json } = few.encode(Type.Any(), [[], {}], 'REQUEST_INVALID');
    expect(few.decode({ json, attachments: [] }, 'REQUEST_INVALID')).toEqual([[], {}]);
    expect(() => few.encode(Type.Any(), [[], [], {}], 'REQUEST_INVALID')).toThrow(refusal);
    expect(() => few.decode({ json: '[[],[],{}]', attachments: [] }, 'REQUEST_INVALID')).toThrow(refusal);
  });

  it('leave it to the other side to count arrays, objects and fields where they are told to', () => {
    const trusting = new ValueCodec(target, { ...defaultMessageLimits, maxJsonParts: 6 }, false);
    const { json } = trusting.encode(Type.Any(), [[], [], {}], 'REQUEST_INVALID');
    expect(trusting.decode({ json, attachments: [] }, 'REQUEST_INVALID')).toEqual([[], [], {}]);
  });

  it.each([
    [
      'JSON',
      Type.String(),
      '123456789',
      { sizeBytes: 11, limitBytes: 10, option: 'messages.jsonLimitBytes' },
    ],
    [
      'JSON, counted in bytes and not in letters',
      Type.String(),
      'äöüéß',
      { sizeBytes: 12, limitBytes: 10, option: 'messages.jsonLimitBytes' },
    ],
    ['bytes', bytes, new Uint8Array(5), { sizeBytes: 5, limitBytes: 4, option: 'messages.bytesLimitBytes' }],
  ])('refuse one byte too much of %s, and name the option', (_, schema, value, details) => {
    const limited = schema === bytes ? roomy : codec;
    expect(() => limited.encode(schema, value, 'REQUEST_INVALID')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE', details: { ...target, ...details } }),
    );
  });

  it('count the place of each attachment as JSON, lest many small ones cost nothing', () => {
    const many = Array.from({ length: 5 }, () => new Uint8Array(0));
    expect(() => roomy.encode(Type.Array(bytes), many, 'REQUEST_INVALID')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ option: 'messages.jsonLimitBytes', sizeBytes: 276 }),
      }),
    );
  });

  it('count all bytes of a message together', () => {
    const pair = { a: new Uint8Array(2), b: new Uint8Array(3) };
    expect(() => roomy.encode(Pair, pair, 'REQUEST_INVALID')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ sizeBytes: 5 }) }),
    );
  });

  it('hold for what arrives before it is read', () => {
    const json = '['.repeat(11);
    expect(() => codec.decode({ json, attachments: [] }, 'RESPONSE_INVALID')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
    );
    const attachments = [{ pointer: '/nowhere', data: new Uint8Array(5) }];
    expect(() => codec.decode({ json: 'null', attachments }, 'RESPONSE_INVALID')).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
    );
  });

  it('are 1 MiB of JSON and 16 MiB of bytes unless the operator says otherwise', () => {
    expect(defaultMessageLimits).toMatchObject({ jsonLimitBytes: 1_048_576, bytesLimitBytes: 16_777_216 });
  });
});

describe('a value that cannot cross', () => {
  it('is the fault of the side that it comes from', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => codec.encode(Type.Unknown(), circle, 'RESPONSE_INVALID')).toThrow(
      expect.objectContaining({ code: 'RESPONSE_INVALID', details: expect.objectContaining(target) }),
    );
    expect(() => codec.decode({ json: '{', attachments: [] }, 'REQUEST_INVALID')).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', cause: expect.any(SyntaxError) }),
    );
  });
});

describe('no value', () => {
  it('is undefined', () => {
    expect(codec.decode(undefined, 'RESPONSE_INVALID')).toBeUndefined();
  });
});
