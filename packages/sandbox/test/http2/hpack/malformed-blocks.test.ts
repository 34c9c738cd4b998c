import { describe, expect, it } from '@jest/globals';
import { errorCode, Http2Error } from '../../../src/http2/error-code.ts';
import { block, readerOf } from './read-blocks.ts';

const notFilled = 'it sent a text in Huffman code that is not filled up with at most seven ones';
const endMark = 'it sent a text in Huffman code with the mark of its end in it';

/** What is said of a block, and to the other side. */
function refusal(hex: string): unknown {
  try {
    return readerOf().read(block(hex));
  } catch (error) {
    if (!(error instanceof Http2Error)) throw error;
    return [error.code, error.message];
  }
}

describe('a header block is refused', () => {
  it.each([
    ['for entry 0', '80', 'it sent headers that refer to entry 0 of 61'],
    ['for an entry that there is not', 'be', 'it sent headers that refer to entry 62 of 61'],
    [
      'for an entry behind those that are kept',
      '400161 0162 bf',
      'it sent headers that refer to entry 63 of 62',
    ],
    [
      'for the name of an entry that there is not',
      '0f2f 0161',
      'it sent headers that refer to entry 62 of 61',
    ],
    [
      'for an entry of a number that is too large',
      'ffffffff7f',
      'it sent headers that refer to entry 268435582 of 61',
    ],
    ['when a number is too long', 'ffffffffff00', 'it sent headers with a number of more than five bytes'],
    [
      'when a number is long for nothing',
      'ff8080808000',
      'it sent headers with a number of more than five bytes',
    ],
    ['when it ends within a number', 'ff80', 'it sent headers that end within a number'],
    ['when it ends before a number', '40', 'it sent headers that end within a number'],
    ['when it ends before a value', '000161', 'it sent headers that end within a number'],
    ['when it ends within a name', '00026b', 'it sent headers that end within a text'],
    ['when it ends within a value', '04022f', 'it sent headers that end within a text'],
    ['when it ends within a text in Huffman code', '048263', 'it sent headers that end within a text'],
    ['when a text is far longer than it', '047fffffff7f2f', 'it sent headers that end within a text'],
    ['when a table size comes behind a header', '8220', 'it sent a header table size behind a header'],
    [
      'when a table size is too large',
      '3fe21f',
      'it sent a header table size of 4097 bytes, and the limit is 4096',
    ],
    ['when a text is filled up with a zero', '04811e', notFilled], // 00011 is a letter
    ['when a text is filled up with eight ones', '0482f8ff', notFilled], // and so is 11111000
    ['when a text is filled up with eleven ones', '04821fff', notFilled],
    ['when a text is nothing but eight ones', '0481ff', notFilled],
    ['when a letter is cut off', '048118', notFilled],
    ['when a text has the mark of its end', '0484ffffffff', endMark],
    ['when a text goes on behind the mark of its end', '0485fffffffc1f', endMark],
    ['when the text is a name', '0084ffffffff0161', endMark],
  ])('%s', (_, hex, problem) => {
    expect(refusal(hex)).toEqual([errorCode.compressionError, problem]);
  });
});
