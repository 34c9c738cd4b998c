import { Buffer } from 'node:buffer';
import { errorCode, Http2Error } from './error-code.ts';

/** Frames that go on with a list of headers. */
const maxContinuations = 8;

/** A list of headers, while it comes in several frames (RFC 9113, 6.10). Nothing else may come between them. */
export class HeaderBlock {
  readonly stream: number;
  readonly endsStream: boolean;
  readonly #parts: Buffer[];

  constructor(stream: number, endsStream: boolean, first: Buffer) {
    this.stream = stream;
    this.endsStream = endsStream;
    this.#parts = [Buffer.from(first)];
  }

  /** Throws `Http2Error` when there are too many. */
  add(part: Buffer): void {
    if (this.#parts.push(Buffer.from(part)) > 1 + maxContinuations)
      throw new Http2Error(
        errorCode.enhanceYourCalm,
        `it went on with headers in more than ${maxContinuations} frames`,
      );
  }

  /** All of it. */
  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
