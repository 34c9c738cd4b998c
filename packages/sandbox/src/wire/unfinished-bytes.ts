import { ProtocolViolation } from './protocol-violation.ts';

/** So much of what may be unfinished is given for the asking. */
const givenShare = 1 / 16;

/** The memory that messages on all streams of one connection take while they are not whole. */
export class UnfinishedBytes {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws when so much is unfinished that no runner can have it all in its own memory. */
  hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held > this.#limit)
      throw new ProtocolViolation(`it left more than ${this.#limit} bytes of messages unfinished`);
  }

  /** Whether a message of this length may have its memory before it arrives: so few are unfinished. */
  hasPlentyFor(bytes: number): boolean {
    return this.#held + bytes <= this.#limit * givenShare;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}
