import { describe, expect, it } from '@jest/globals';
import { block, literal, readerOf, tableOf } from './read-blocks.ts';

const kept = 0x40;
/** A header of 35 bytes. */
const small = (name: string): Buffer => literal(kept, name, 'xx');

describe('the table of a connection', () => {
  it('keeps what was sent to be kept, and nothing else', () => {
    const reader = readerOf();
    reader.read(Buffer.concat([literal(kept, 'a', '1'), literal(0, 'b', '2'), literal(0x10, 'c', '3')]));
    expect(tableOf(reader)).toEqual([['a', '1']]);
  });

  it('lets the oldest go when there is no room', () => {
    const reader = readerOf({ maxTableBytes: 3 * 35 });
    for (const name of ['a', 'b', 'c']) reader.read(small(name));
    expect(tableOf(reader).map(([name]) => name)).toEqual(['c', 'b', 'a']);
    reader.read(small('d'));
    expect(tableOf(reader).map(([name]) => name)).toEqual(['d', 'c', 'b']);
    reader.read(literal(kept, 'e', 'xxx')); // a byte more than one leaves
    expect(tableOf(reader).map(([name]) => name)).toEqual(['e', 'd']);
  });

  it('is empty when a header came that is larger than it', () => {
    const reader = readerOf({ maxTableBytes: 3 * 35 });
    reader.read(small('a'));
    expect(reader.read(literal(kept, 'b', 'x'.repeat(80)))).toEqual([['b', 'x'.repeat(80)]]);
    expect(tableOf(reader)).toEqual([]);
  });

  it('gives the name of an entry that goes for the header', () => {
    const reader = readerOf({ maxTableBytes: 35 });
    reader.read(small('a'));
    expect(reader.read(literal(kept | 62, 'yy'))).toEqual([['a', 'yy']]);
    expect(tableOf(reader)).toEqual([['a', 'yy']]);
  });

  it('is as large as the other side says, and no larger than it may', () => {
    const reader = readerOf({ maxTableBytes: 4096 });
    for (const name of ['a', 'b', 'c']) reader.read(small(name));
    expect(reader.read(block('3f27'))).toEqual([]); // 70 bytes
    expect(tableOf(reader).map(([name]) => name)).toEqual(['c', 'b']);
    reader.read(small('d'));
    expect(tableOf(reader).map(([name]) => name)).toEqual(['d', 'c']);
    reader.read(Buffer.concat([block('20 3fe11f'), small('e')])); // 0, and then 4096
    reader.read(small('f'));
    expect(tableOf(reader).map(([name]) => name)).toEqual(['f', 'e']);
    reader.read(block('20'));
    reader.read(small('g'));
    expect(tableOf(reader)).toEqual([]);
  });

  it('is 4096 bytes large until the other side says otherwise', () => {
    const reader = readerOf({ maxTableBytes: 8192 });
    const entry = literal(kept, 'a', 'x'.repeat(95)); // 128 bytes
    for (let count = 0; count < 64; count++) reader.read(entry);
    expect(tableOf(reader)).toHaveLength(32);
    reader.read(block('3fe13f')); // 8192
    for (let count = 0; count < 64; count++) reader.read(entry);
    expect(tableOf(reader)).toHaveLength(64);
  });
});
