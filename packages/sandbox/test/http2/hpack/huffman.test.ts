import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeHuffman } from '../../../src/http2/hpack/huffman.ts';
import { endOfText, makeHuffmanCode } from '../../../src/http2/hpack/huffman-code.ts';

const { symbols, limits, bases } = makeHuffmanCode();
const words = new Map<number | undefined, string>();
for (let length = 1; length < limits.length; length++)
  for (let word = 2 * (limits[length - 1] ?? 0); word < (limits[length] ?? 0); word++)
    words.set(symbols[word - (bases[length] ?? 0)], word.toString(2).padStart(length, '0'));

function encode(octets: Uint8Array): Buffer {
  const bits = Array.from(octets, (octet) => words.get(octet)).join('');
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from(whole.match(/.{8}/gu)?.map((byte) => parseInt(byte, 2)) ?? []);
}

describe('the Huffman code', () => {
  it.each([
    // RFC 7541, Appendix B: the first, the last, and some of each length between
    ['0', '00000'],
    ['t', '01001'],
    [' ', '010100'],
    [':', '1011100'],
    ['Z', '11111101'],
    ['?', '1111111100'],
    ['|', '11111111100'],
    ['>', '111111111011'],
    ['\0', '1111111111000'],
    ['}', '11111111111101'],
    ['{', '111111111111110'],
    ['\\', '1111111111111110000'],
    ['\xe2', '11111111111111101101'],
    ['\x01', '11111111111111111011000'],
    ['\xff', '11111111111111111111101110'],
    ['\xf9', '1111111111111111111111111110'],
    ['\x16', '111111111111111111111111111110'],
  ])('has the word of %j', (character, word) => {
    expect(words.get(character.charCodeAt(0))).toBe(word);
  });

  it('has thirty ones for the end of a text', () => {
    expect(words.get(endOfText)).toBe('1'.repeat(30));
  });

  it('is read as it is written', () => {
    const octets = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(octets, octets, (text, before) => {
        const coded = encode(text);
        const bytes = Buffer.concat([before, coded, before]);
        const read = decodeHuffman(bytes, before.length, before.length + coded.length);
        expect(read).toBe(Buffer.from(text).toString('latin1'));
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it('is read for each octet, and behind each other one', () => {
    const all = Uint8Array.from(
      { length: 256 * 256 * 2 },
      (_, at) => (at % 2 === 0 ? at >> 1 : at >> 9) & 0xff,
    );
    const coded = encode(all);
    expect(decodeHuffman(coded, 0, coded.length)).toBe(Buffer.from(all).toString('latin1'));
  });

  it('may be filled up with seven ones', () => {
    expect(decodeHuffman(Buffer.from('18ee7f', 'hex'), 0, 3)).toBe('aa:');
  });
});
