import { describe, expect, it } from '@jest/globals';
import { readSettings, writeSettings } from '../../src/http2/settings.ts';

function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

describe('settings', () => {
  it('are read as they were written', () => {
    const settings = { maxConcurrentStreams: 7, initialWindowBytes: 0, maxFrameBytes: 16_777_215 };
    expect(readSettings(writeSettings(settings))).toEqual(settings);
    expect(readSettings(writeSettings({}))).toEqual({});
  });

  it('have the numbers of the standard', () => {
    expect(writeSettings({ enablePush: false, maxHeaderListBytes: 300 })).toEqual(
      Buffer.concat([setting(2, 0), setting(6, 300)]),
    );
    expect(writeSettings({ maxConcurrentStreams: 1, initialWindowBytes: 2, maxFrameBytes: 3 })).toEqual(
      Buffer.concat([setting(3, 1), setting(4, 2), setting(5, 3)]),
    );
  });

  it('are passed over where they are unknown, or nothing to this end', () => {
    const bytes = [setting(1, 0), setting(6, 1), setting(99, 5), setting(3, 8)];
    expect(readSettings(Buffer.concat(bytes))).toEqual({ maxConcurrentStreams: 8 });
  });

  it('hold as they were said last', () => {
    expect(readSettings(Buffer.concat([setting(4, 1), setting(4, 2)]))).toEqual({ initialWindowBytes: 2 });
  });

  it.each<[string, Buffer, number, string]>([
    ['a part of one', Buffer.alloc(7), 6, 'it sent settings of 7 bytes'],
    ['a window of 2^31', setting(4, 2 ** 31), 3, 'it set a window of 2147483648 bytes'],
    ['push that is neither on nor off', setting(2, 2), 1, 'it set push to 2'],
    ['frames too small', setting(5, 16_383), 1, 'it set frames of 16383 bytes'],
    ['frames too large', setting(5, 2 ** 24), 1, 'it set frames of 16777216 bytes'],
  ])('are refused: %s', (_, bytes, code, message) => {
    expect(() => readSettings(bytes)).toThrow(expect.objectContaining({ code, message }));
  });

  it('are taken at their largest and smallest', () => {
    const bytes = [setting(4, 2 ** 31 - 1), setting(5, 16_384)];
    expect(readSettings(Buffer.concat(bytes))).toEqual({
      initialWindowBytes: 2 ** 31 - 1,
      maxFrameBytes: 16_384,
    });
  });
});
