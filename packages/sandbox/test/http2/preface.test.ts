import { describe, expect, it } from '@jest/globals';
import { preface, PrefaceReader } from '../../src/http2/preface.ts';

describe('what a client says first', () => {
  it.each(Array.from({ length: preface.length + 1 }, (_, index) => index))(
    'is passed over by a server, also when it comes in two pieces: %i bytes first',
    (first) => {
      const reader = new PrefaceReader('server');
      const bytes = Buffer.concat([preface, Buffer.from('frames')]);
      const rest = [bytes.subarray(0, first), bytes.subarray(first), Buffer.from('more')];
      expect(String(Buffer.concat(rest.map((chunk) => reader.passOver(chunk))))).toBe('framesmore');
    },
  );

  it.each([0, 3, 10, preface.length - 1])('is refused where it differs: byte %i', (place) => {
    const bytes = Buffer.from(preface);
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    const whole = new PrefaceReader('server');
    expect(() => whole.passOver(bytes)).toThrow(
      expect.objectContaining({ code: 1, message: 'it speaks something else' }),
    );
    const reader = new PrefaceReader('server');
    reader.passOver(bytes.subarray(0, place));
    expect(() => reader.passOver(bytes.subarray(place, place + 1))).toThrow('it speaks something else');
  });

  it('is not said by a server', () => {
    expect(String(new PrefaceReader('client').passOver(Buffer.from('frames')))).toBe('frames');
  });
});
