import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FrameReader } from '../../src/http2/frame-reader.ts';
import { frameType, http2Frame } from '../hostile-wire/raw-http2.ts';

const maxDataBytes = 20_000;
const limit = 16_384;
const padded = 8;

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: string;
  readonly bytes: number;
}

/** What is read of chunks as they come. The pieces of a frame are put together. */
function read(chunks: readonly Buffer[]): readonly Frame[] {
  const reader = new FrameReader(maxDataBytes);
  const frames: Frame[] = [];
  let pieces: Buffer[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    reader.feed(chunk);
    while (reader.next()) {
      pieces.push(Buffer.from(reader.payload));
      bytes += reader.bytes;
      if (!reader.isWhole) continue;
      const { type, flags, stream } = reader;
      frames.push({ type, flags, stream, payload: Buffer.concat(pieces).toString('latin1'), bytes });
      pieces = [];
      bytes = 0;
    }
  }
  return frames;
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const frames = fc.record({
  type: fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 255 })),
  flags: fc.nat({ max: 255 }).map((flags) => flags & ~padded),
  stream: fc.nat({ max: 2 ** 31 - 1 }),
  payload: fc
    .oneof(fc.nat({ max: 40 }), fc.nat({ max: limit }))
    .map((length) => `${length}!`.repeat(length).slice(0, length)),
});

describe('a reader of frames', () => {
  it('reads the same wherever what arrives is cut', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 12 });
    const property = fc.property(fc.array(frames, { maxLength: 6 }), cuts, (sent, places) => {
      const bytes = Buffer.concat(
        sent.map(({ type, flags, stream, payload }) => http2Frame(type, flags, stream, Buffer.from(payload))),
      );
      expect(read(cut(bytes, places))).toEqual(
        sent.map((frame) => ({ ...frame, bytes: frame.payload.length })),
      );
    });
    fc.assert(property, { numRuns: 300, seed: 9113 });
  });

  it('reads the same a byte at a time', () => {
    const bytes = Buffer.concat([
      http2Frame(frameType.data, 1, 7, Buffer.from('some data')),
      http2Frame(frameType.headers, padded, 9, Buffer.from([2, 65, 66, 0, 0])),
      http2Frame(frameType.settings, 0, 0),
      http2Frame(77, 0, 5, Buffer.from('nobody knows')),
    ]);
    expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(read([bytes]));
    expect(read([bytes])).toHaveLength(4);
  });

  it('hands data over in the pieces in which it arrives, and every other frame whole', () => {
    const reader = new FrameReader(maxDataBytes);
    const [first, second] = cut(http2Frame(frameType.data, 1, 1, Buffer.from('abcdef')), [12]);
    reader.feed(first ?? Buffer.alloc(0));
    expect(reader.next()).toBe(true);
    expect([String(reader.payload), reader.bytes, reader.isWhole]).toEqual(['abc', 3, false]);
    expect(reader.next()).toBe(false);
    reader.feed(second ?? Buffer.alloc(0));
    expect(reader.next()).toBe(true);
    expect([String(reader.payload), reader.bytes, reader.isWhole]).toEqual(['def', 3, true]);
    reader.feed(http2Frame(frameType.ping, 0, 0, Buffer.alloc(8)).subarray(0, 16));
    expect(reader.next()).toBe(false);
  });

  it.each([frameType.data, frameType.headers])('takes padding away and counts it: type %i', (type) => {
    const [frame] = read([http2Frame(type, padded, 1, Buffer.from([3, 65, 66, 0, 0, 0]))]);
    expect(frame).toMatchObject({ payload: 'AB', bytes: 6 });
    const [empty] = read([http2Frame(type, padded, 1, Buffer.from([3, 0, 0, 0]))]);
    expect(empty).toMatchObject({ payload: '', bytes: 4 });
  });

  it.each([
    ['as much as the frame', Buffer.from([3, 0, 0])],
    ['more than the frame', Buffer.from([255, 0, 0])],
    ['that is not even said', Buffer.alloc(0)],
  ])('refuses padding: %s', (_, payload) => {
    expect(() => read([http2Frame(frameType.data, padded, 1, payload)])).toThrow(
      expect.objectContaining({ code: 1, message: 'it sent a frame with more padding than frame' }),
    );
  });

  it.each([
    [frameType.data, maxDataBytes],
    [frameType.headers, limit],
    [frameType.settings, limit],
    [200, limit],
  ])('takes no larger frame than it should, and says so before it has come: type %i', (type, most) => {
    expect(read([http2Frame(type, 0, 1, Buffer.alloc(most))])).toHaveLength(1);
    const head = http2Frame(type, 0, 1, Buffer.alloc(most + 1)).subarray(0, 9);
    expect(() => read([head])).toThrow(
      expect.objectContaining({
        code: 6,
        message: `it sent a frame of ${most + 1} bytes, and the limit is ${most}`,
      }),
    );
  });

  it('ignores the bit of a stream number that nobody uses', () => {
    const frame = http2Frame(frameType.ping, 0, 0xffff_ffff, Buffer.alloc(8));
    expect(read([frame])).toMatchObject([{ stream: 0x7fff_ffff }]);
  });
});
