import { ProtocolViolation } from './protocol-violation.ts';

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

  release(bytes: number): void {
    this.#held -= bytes;
  }
}
