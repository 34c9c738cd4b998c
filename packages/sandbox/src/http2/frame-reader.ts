import { Buffer } from 'node:buffer';
import { errorCode, Http2Error } from './error-code.ts';
import { frameFlag, frameHeadBytes, frameType, largestNumber, leastMaxFrameBytes } from './frame-format.ts';

const nothing = Buffer.alloc(0);

/**
 * Cuts what arrives on a socket into frames (RFC 9113, 4.1). Data comes in the pieces in which it arrives, and is not copied; every other
 * frame comes whole.
 */
export class FrameReader {
  /** Of the frame that was read last. */
  type = 0;
  flags = 0;
  stream = 0;
  payload: Buffer = nothing;
  /** What of the frame this is, padding included: flow control counts it. */
  bytes = 0;
  /** Whether nothing more of the frame is to come. */
  isWhole = false;
  readonly #maxDataBytes: number;
  readonly #head = Buffer.alloc(frameHeadBytes);
  #headFilled = 0;
  #left = 0;
  #chunk: Buffer = nothing;
  #position = 0;
  #collected: Buffer = nothing;
  #filled = 0;

  /** `maxDataBytes` is how large a frame of data may be. */
  constructor(maxDataBytes: number) {
    this.#maxDataBytes = maxDataBytes;
  }

  /** Takes bytes; those before must have been read. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#position = 0;
  }

  /** Reads the next frame, or the next piece of one. `false` when more bytes are needed. Throws `Http2Error`. */
  next(): boolean {
    if (this.#headFilled < frameHeadBytes && !this.#readHead()) return false;
    const isPlainData = this.type === frameType.data && (this.flags & frameFlag.padded) === 0;
    const isInPieces = isPlainData || this.type > frameType.continuation;
    if (isInPieces ? !this.#readPiece() : !this.#readWhole()) return false;
    if (this.isWhole) this.#headFilled = 0;
    return true;
  }

  #readHead(): boolean {
    const from = this.#position;
    const available = this.#chunk.length - from;
    if (this.#headFilled === 0 && available >= frameHeadBytes) {
      this.#position += frameHeadBytes;
      this.#parseHead(this.#chunk, from);
      return true;
    }
    const taken = Math.min(available, frameHeadBytes - this.#headFilled);
    this.#chunk.copy(this.#head, this.#headFilled, from, from + taken);
    this.#position += taken;
    this.#headFilled += taken;
    if (this.#headFilled < frameHeadBytes) return false;
    this.#parseHead(this.#head, 0);
    return true;
  }

  #parseHead(bytes: Buffer, at: number): void {
    this.#headFilled = frameHeadBytes;
    this.#left = bytes.readUIntBE(at, 3);
    this.type = bytes.readUInt8(at + 3);
    this.flags = bytes.readUInt8(at + 4);
    this.stream = bytes.readUInt32BE(at + 5) & largestNumber;
    const limit = this.type === frameType.data ? this.#maxDataBytes : leastMaxFrameBytes;
    if (this.#left > limit)
      throw new Http2Error(
        errorCode.frameSizeError,
        `it sent a frame of ${this.#left} bytes, and the limit is ${limit}`,
      );
  }

  #readPiece(): boolean {
    const from = this.#position;
    const taken = Math.min(this.#left, this.#chunk.length - from);
    if (taken === 0 && this.#left > 0) return false;
    this.#position = from + taken;
    this.#left -= taken;
    this.payload = this.#chunk.subarray(from, this.#position);
    this.bytes = taken;
    this.isWhole = this.#left === 0;
    return true;
  }

  #readWhole(): boolean {
    const from = this.#position;
    const taken = Math.min(this.#left, this.#chunk.length - from);
    this.#position += taken;
    if (this.#filled === 0 && taken === this.#left) {
      this.payload = this.#chunk.subarray(from, this.#position);
    } else {
      if (this.#filled === 0) this.#collected = Buffer.allocUnsafe(this.#left);
      this.#filled += this.#chunk.copy(this.#collected, this.#filled, from, this.#position);
      if ((this.#left -= taken) > 0) return false;
      this.payload = this.#collected;
      this.#collected = nothing;
      this.#filled = 0;
    }
    this.#left = 0;
    this.bytes = this.payload.length;
    this.isWhole = true;
    if (this.type <= frameType.headers && (this.flags & frameFlag.padded) !== 0) this.#cutPadding();
    return true;
  }

  /** What is said of padding stands first, and the padding last (RFC 9113, 6.1). */
  #cutPadding(): void {
    const [padding = 0] = this.payload;
    if (padding >= this.payload.length)
      throw new Http2Error(errorCode.protocolError, 'it sent a frame with more padding than frame');
    this.payload = this.payload.subarray(1, this.payload.length - padding);
  }
}
