import { Buffer } from 'node:buffer';
import { errorCode, Http2Error } from './error-code.ts';

/** What a client says before anything else (RFC 9113, 3.4). */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Reads it from what a client sends. */
export class PrefaceReader {
  #read: number;

  /** A server does not say it. */
  constructor(side: 'client' | 'server') {
    this.#read = side === 'server' ? 0 : preface.length;
  }

  /** What of these bytes comes after it. Throws `Http2Error` when it is something else. */
  passOver(chunk: Buffer): Buffer {
    if (this.#read === preface.length) return chunk;
    const taken = Math.min(chunk.length, preface.length - this.#read);
    if (chunk.compare(preface, this.#read, this.#read + taken, 0, taken) !== 0)
      throw new Http2Error(errorCode.protocolError, 'it speaks something else');
    this.#read += taken;
    return chunk.subarray(taken);
  }
}
