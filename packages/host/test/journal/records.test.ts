import { describe, expect, it } from '@jest/globals';
import { formatRecord, readRecords } from '../../src/journal/records.ts';

const contents = ['one', 'two', 'three \u{1F600}'].map((text) => Buffer.from(text));
const written = Buffer.concat(contents.map(formatRecord));
const texts = ({ records }: ReturnType<typeof readRecords>) =>
  records.map((record) => Buffer.from(record).toString());

describe('a file of records', () => {
  it('gives back what was written, in order', () => {
    expect(readRecords(written)).toMatchObject({ rest: 'nothing' });
    expect(texts(readRecords(written))).toEqual(['one', 'two', 'three \u{1F600}']);
    expect(readRecords(Buffer.alloc(0))).toEqual({ records: [], rest: 'nothing' });
  });

  it('gives back every whole record, wherever its end was cut off', () => {
    const ends = contents.map(
      (_, index) => Buffer.concat(contents.slice(0, index + 1).map(formatRecord)).length,
    );
    for (let length = 0; length <= written.byteLength; length++) {
      const { records, rest } = readRecords(written.subarray(0, length));
      expect(records).toHaveLength(ends.filter((end) => end <= length).length);
      expect(rest).toBe(length === 0 || ends.includes(length) ? 'nothing' : 'torn');
    }
  });

  it('that was made longer before it was written is torn', () => {
    expect(readRecords(Buffer.concat([written, Buffer.alloc(64)]))).toMatchObject({
      records: { length: 3 },
      rest: 'torn',
    });
  });

  it('is damaged where a byte was changed, and is read up to there', () => {
    const changed = Buffer.from(written);
    const place = formatRecord(Buffer.from('one')).byteLength - 1;
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    expect(readRecords(changed)).toEqual({ records: [], rest: 'damaged' });
  });
});
