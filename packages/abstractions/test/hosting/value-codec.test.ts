import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { Bytes } from '../../src/index.ts';
import { decodeValue, defaultMessageLimits, encodeValue, type MessageLimits } from '../../src/hosting.ts';

const target = { pluginId: 'acme.scanner', capability: 'CanScan v1', method: 'scan' };
const limits: MessageLimits = { ...defaultMessageLimits, jsonLimitBytes: 10, bytesLimitBytes: 4 };
const Pair = Type.Object({ a: Bytes(), b: Bytes() });

describe('the limits of a message', () => {
  it('let pass what is exactly as large as they allow', () => {
    expect(encodeValue(Type.String(), '12345678', target, limits).json).toHaveLength(10);
    expect(decodeValue({ json: '"12345678"', attachments: [] }, target, limits)).toBe('12345678');
    expect(encodeValue(Bytes(), new Uint8Array(4), target, limits).attachments[0]?.data).toHaveLength(4);
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
    [
      'bytes',
      Bytes(),
      new Uint8Array(5),
      { sizeBytes: 5, limitBytes: 4, option: 'messages.bytesLimitBytes' },
    ],
  ])('refuse one byte too much of %s, and name the option', (_, schema, value, details) => {
    expect(() => encodeValue(schema, value, target, limits)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE', details: { ...target, ...details } }),
    );
  });

  it('count all bytes of a message together', () => {
    const wide = { ...limits, jsonLimitBytes: 100 };
    const pair = { a: new Uint8Array(2), b: new Uint8Array(3) };
    expect(() => encodeValue(Pair, pair, target, wide)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ sizeBytes: 5 }) }),
    );
  });

  it('hold for what arrives before it is read', () => {
    const json = '['.repeat(11);
    expect(() => decodeValue({ json, attachments: [] }, target, limits)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
    );
    const attachments = [{ pointer: '/nowhere', data: new Uint8Array(5) }];
    expect(() => decodeValue({ json: 'null', attachments }, target, limits)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }),
    );
  });

  it('are 1 MiB of JSON and 16 MiB of bytes unless the operator says otherwise', () => {
    expect(defaultMessageLimits).toMatchObject({ jsonLimitBytes: 1_048_576, bytesLimitBytes: 16_777_216 });
  });
});

describe('decodeValue', () => {
  it('gives undefined for a message without a value', () => {
    expect(decodeValue(undefined, target, limits)).toBeUndefined();
  });
});
