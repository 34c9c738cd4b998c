import { describe, expect, it } from '@jest/globals';
import { MessageReader } from '../../src/wire/message-reader.ts';
import { UnfinishedBytes } from '../../src/wire/unfinished-bytes.ts';

const prefix = (length: number): Buffer =>
  Buffer.from([0, length >>> 24, length >>> 16, length >>> 8, length]);

describe('the messages of a stream', () => {
  it('are whole, wherever the bytes were cut', () => {
    const messages = [
      Buffer.from('one'),
      Buffer.alloc(0),
      Buffer.alloc(200_000, 'two'),
      Buffer.from('three'),
    ];
    const bytes = Buffer.concat(messages.flatMap((message) => [prefix(message.length), message]));
    for (const size of [1, 4, 7, 70_000, bytes.length]) {
      const reader = new MessageReader(1_000_000, new UnfinishedBytes(1_000_000));
      const read: Buffer[] = [];
      for (let start = 0; start < bytes.length; start += size) {
        reader.feed(bytes.subarray(start, start + size));
        for (let next = reader.next(); next; next = reader.next()) read.push(Buffer.from(next));
      }
      expect(read.map((message) => message.toString())).toEqual(messages.map(String));
    }
  });

  it('are parts of the bytes that were fed only where they came whole', () => {
    const areParts = (...chunks: readonly Buffer[]): readonly boolean[] => {
      const reader = new MessageReader(100_000, new UnfinishedBytes(100_000));
      const parts: boolean[] = [];
      for (const chunk of chunks) {
        reader.feed(chunk);
        for (let next = reader.next(); next; next = reader.next()) {
          parts.push(reader.isPart);
          expect(next.buffer === chunk.buffer).toBe(reader.isPart);
        }
      }
      return parts;
    };
    const message = Buffer.concat([prefix(50_000), Buffer.alloc(50_000)]); // too large for a pool that several share
    expect(areParts(message)).toEqual([true]);
    expect(areParts(message.subarray(0, 7), message.subarray(7))).toEqual([false]);
    const both = Buffer.concat([message.subarray(7), message]);
    expect(areParts(message.subarray(0, 7), both)).toEqual([false, true]);
  });

  it('take memory for what has arrived, not for what is claimed, however small the pieces', () => {
    const feed = (unfinishedLimit: number): void => {
      const reader = new MessageReader(16_000_000, new UnfinishedBytes(unfinishedLimit));
      reader.feed(prefix(16_000_000));
      reader.next();
      const byte = Buffer.from([1]);
      for (let count = 0; count < 1_000_000; count++) {
        reader.feed(byte);
        reader.next();
      }
    };
    expect(() => feed(1_100_000)).not.toThrow();
    expect(() => feed(900_000)).toThrow('it left more than 900000 bytes of messages unfinished');
  });

  it('have it before they arrive where it is a sixteenth of what may be unfinished, and no more', () => {
    const unfinished = new UnfinishedBytes(160_000_000);
    const claim = (length: number): void => {
      const reader = new MessageReader(16_000_000, unfinished);
      reader.feed(Buffer.concat([prefix(length), Buffer.from([1])]));
      reader.next();
    };
    claim(9_000_000);
    expect(unfinished.hasPlentyFor(1_000_001)).toBe(false);
    expect(unfinished.hasPlentyFor(1_000_000)).toBe(true);
    expect(() => {
      for (let count = 0; count < 1000; count++) claim(9_000_000);
    }).not.toThrow();
  });
});
