import { errorCode, Http2Error } from './error-code.ts';
import { largestNumber } from './frame-format.ts';

/** What may be sent on a stream, and on a connection, of which nobody has said anything (RFC 9113, 6.9.2). */
export const initialWindowBytes = 65_535;

/** What may be sent before the other side says that it has room again (RFC 9113, 5.2). Counted in bytes. */
export class SendWindow {
  #left: number;

  constructor(initial: number) {
    this.#left = initial;
  }

  /** What may be sent; below nothing where the other side made its windows smaller. */
  get left(): number {
    return this.#left;
  }

  /** Counts what was sent. */
  take(bytes: number): void {
    this.#left -= bytes;
  }

  /** Counts what the other side gives or takes back. Throws `Http2Error` when it becomes larger than a window can be. */
  grow(bytes: number): void {
    this.#left += bytes;
    if (this.#left > largestNumber)
      throw new Http2Error(errorCode.flowControlError, `it made a window larger than ${largestNumber} bytes`);
  }
}
