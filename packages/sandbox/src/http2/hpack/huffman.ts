import { Buffer } from 'node:buffer';
import { compressionError } from './compression-error.ts';
import { endOfText, makeHuffmanCode, type HuffmanCode } from './huffman-code.ts';

const shortestWordBits = 5;
const longestPaddingBits = 7;

/** Made when it is needed first: many a connection never sees it. */
let code: HuffmanCode | undefined;

/** The text in these bytes (RFC 7541, 5.2). Throws `Http2Error`. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  const { symbols, limits, bases } = (code ??= makeHuffmanCode());
  const text = Buffer.allocUnsafe(Math.floor(((end - start) * 8) / shortestWordBits));
  let filled = 0;
  let word = 0;
  let length = 0;
  for (let position = start; position < end; position++) {
    const byte = bytes[position] ?? 0;
    for (let bit = 7; bit >= 0; bit--) {
      word = (word << 1) | ((byte >> bit) & 1);
      length++;
      if (word >= (limits[length] ?? 0)) continue; // the beginning of a longer one
      text[filled++] = octet(symbols[word - (bases[length] ?? 0)]);
      word = length = 0;
    }
  }
  if (length > longestPaddingBits || word !== (1 << length) - 1)
    throw compressionError('it sent a text in Huffman code that is not filled up with at most seven ones');
  return text.toString('latin1', 0, filled);
}

function octet(symbol = endOfText): number {
  if (symbol !== endOfText) return symbol;
  throw compressionError('it sent a text in Huffman code with the mark of its end in it');
}
