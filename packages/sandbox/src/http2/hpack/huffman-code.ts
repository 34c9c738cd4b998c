/** How many bits each octet takes, and the end of a text after them: a digit of base 32 each (RFC 7541, Appendix B). */
const lengths =
  'dnsssssssoussussssssssusssssssss' +
  '6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6' +
  'f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnno' +
  'mlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrr' +
  'koklmllnmmppooqnqrqqrrrrrsrrrrrq' +
  'u';
const longest = 30;

/** The symbol behind the octets, which no text may contain (EOS). */
export const endOfText = 256;

/** Of a word of so many bits, which is a number: it is that of a symbol below the limit, and `symbols` has it so far behind the base. */
export interface HuffmanCode {
  readonly symbols: Uint16Array;
  readonly limits: Int32Array;
  readonly bases: Int32Array;
}

/** The Huffman code of RFC 7541, Appendix B, which is canonical: by length, and then by symbol, each word is the one before and one. */
export function makeHuffmanCode(): HuffmanCode {
  const symbols = new Uint16Array(lengths.length);
  const limits = new Int32Array(longest + 1);
  const bases = new Int32Array(longest + 1);
  let count = 0;
  let word = 0;
  for (let length = 1; length <= longest; length++) {
    const digit = length.toString(32);
    word <<= 1;
    bases[length] = word - count;
    for (let symbol = lengths.indexOf(digit); symbol >= 0; symbol = lengths.indexOf(digit, symbol + 1)) {
      symbols[count++] = symbol;
      word++;
    }
    limits[length] = word;
  }
  return { symbols, limits, bases };
}
