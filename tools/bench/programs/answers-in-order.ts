/** Callers that wait for answers which come in the order of their questions. */
export class AnswersInOrder {
  #waiting: ((answer: unknown) => void)[] = [];
  #next = 0;

  /** Resolves with the answer to what `ask` sends. */
  wait(ask: () => void): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      ask();
    });
  }

  /** Hands an answer to who waits longest. */
  readonly answer = (answer: unknown): void => {
    this.#waiting[this.#next++]?.(answer);
    if (this.#next < this.#waiting.length) return;
    this.#waiting = [];
    this.#next = 0;
  };
}
