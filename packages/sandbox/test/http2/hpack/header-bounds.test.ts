import { describe, expect, it } from '@jest/globals';
import { Http2Error } from '../../../src/http2/error-code.ts';
import { block, literal, readerOf, tableOf } from './read-blocks.ts';

const kept = 0x40;

describe('a header list', () => {
  it('may have as many fields as the bounds say', () => {
    const reader = readerOf({ maxFields: 3 });
    expect(reader.read(block('82 84 86'))).toHaveLength(3);
    expect(reader.read(block('82 84 86 82'))).toBeUndefined();
  });

  it('may be as large as the bounds say, with 32 bytes for each field', () => {
    const fields = block('82 84'); // :method GET takes 42 bytes, and :path / takes 38
    expect(readerOf({ maxListBytes: 80 }).read(fields)).toHaveLength(2);
    expect(readerOf({ maxListBytes: 79 }).read(fields)).toBeUndefined();
  });

  it('that is too long is not taken, and the next one is read all the same', () => {
    const reader = readerOf({ maxFields: 2 });
    const fields = [literal(kept, 'a', '1'), literal(kept, 'b', '2'), literal(kept, 'c', '3')];
    expect(reader.read(Buffer.concat(fields))).toBeUndefined();
    expect(tableOf(reader)).toEqual([
      ['c', '3'],
      ['b', '2'],
      ['a', '1'],
    ]);
    expect(reader.read(block('be c0'))).toEqual([
      ['c', '3'],
      ['a', '1'],
    ]);
  });

  it('that is too long is read to its end, where it may be malformed', () => {
    expect(() => readerOf({ maxFields: 1 }).read(block('82 84 80'))).toThrow(Http2Error);
  });

  it('takes no memory for references to one large entry', () => {
    const reader = readerOf({ maxListBytes: 16_384, maxFields: 1_000_000 });
    reader.read(literal(kept, 'a', 'x'.repeat(120)));
    const many = Buffer.alloc(16 * 1024 * 1024, 0xbe);
    const before = process.memoryUsage().heapTotal;
    expect(reader.read(many)).toBeUndefined();
    expect(process.memoryUsage().heapTotal - before).toBeLessThan(many.length);
  });
});
