import { Buffer } from 'node:buffer';
import { compressionError } from './compression-error.ts';
import { decodeHuffman } from './huffman.ts';

/** After its prefix, a number may have so many bytes: seven bits each, which is more than any that holds. */
const maxNumberBytes = 4;
const isHuffman = 0x80;

/** Reads what a header block is made of (RFC 7541, 5). Throws `Http2Error` for what it is not. */
export class BlockCursor {
  readonly #block: Buffer;
  #position = 0;

  constructor(block: Uint8Array) {
    this.#block = Buffer.isBuffer(block)
      ? block
      : Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  }

  /** Whether all of it was read. */
  get isAtEnd(): boolean {
    return this.#position >= this.#block.length;
  }

  /** The byte that is read next. */
  get next(): number {
    return this.#block[this.#position] ?? 0;
  }

  /** A number in the lower bits of a byte, and in those that follow where they are all ones (RFC 7541, 5.1). */
  number(prefixBits: number): number {
    const largest = (1 << prefixBits) - 1;
    const prefix = this.#byte() & largest;
    return prefix < largest ? prefix : prefix + this.#further();
  }

  /** A text, in Huffman code or as it is (RFC 7541, 5.2). */
  text(): string {
    const isCoded = this.next >= isHuffman;
    const length = this.number(7);
    const start = this.#position;
    const end = start + length;
    if (end > this.#block.length) throw compressionError('it sent headers that end within a text');
    this.#position = end;
    return isCoded ? decodeHuffman(this.#block, start, end) : this.#block.toString('latin1', start, end);
  }

  #further(): number {
    let number = 0;
    for (let count = 0; count < maxNumberBytes; count++) {
      const byte = this.#byte();
      number |= (byte & 0x7f) << (7 * count);
      if (byte < 0x80) return number;
    }
    throw compressionError('it sent headers with a number of more than five bytes');
  }

  #byte(): number {
    const byte = this.#block[this.#position++];
    if (byte === undefined) throw compressionError('it sent headers that end within a number');
    return byte;
  }
}
