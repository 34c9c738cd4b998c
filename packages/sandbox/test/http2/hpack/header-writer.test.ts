import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { staticTable } from '../../../src/http2/hpack/static-table.ts';
import { writeHeaders } from '../../../src/http2/hpack/header-writer.ts';
import { block, readerOf, tableOf } from './read-blocks.ts';

const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 400 });
const fields = fc.oneof(
  fc.tuple(printable, printable),
  fc.tuple(fc.constantFrom(...staticTable.map(([name]) => name)), printable),
  fc.constantFrom(...staticTable),
);

describe('written headers', () => {
  it('are read as they were written, and nothing of them has to be kept', () => {
    const reader = readerOf();
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 20 }), (list) => {
        expect(reader.read(writeHeaders(list))).toEqual(list);
      }),
      { numRuns: 500, seed: 4 },
    );
    expect(tableOf(reader)).toEqual([]);
  });

  it('are references to what both sides know', () => {
    expect(writeHeaders(staticTable)).toEqual(Buffer.from(staticTable.map((_, entry) => 0x81 + entry)));
  });

  it('refer to a name that both sides know', () => {
    expect(writeHeaders([[':path', '/sample/path']])).toEqual(block('040c 2f73 616d 706c 652f 7061 7468'));
    expect(writeHeaders([['content-type', 'a']])).toEqual(block('0f10 0161'));
    expect(writeHeaders([[':status', '201']])).toEqual(block('0803 3230 31'));
  });

  it('are texts where both sides know nothing of them', () => {
    expect(writeHeaders([['te', 'trailers']])).toEqual(block('0002 7465 0874 7261 696c 6572 73'));
  });

  it('have texts of any length', () => {
    for (const length of [0, 126, 127, 128, 254, 255, 256, 16_510, 16_511, 2_000_000]) {
      const list = [['x', 'y'.repeat(length)]] as const;
      expect(readerOf({ maxListBytes: 3_000_000 }).read(writeHeaders(list))).toEqual(list);
    }
  });
});
