/** Work that must not overlap, by key: each piece waits until the ones before it have ended, well or not. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Does the work when its turn has come, and resolves or rejects as it does. */
  take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const over = done
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.#last.get(key) === over) this.#last.delete(key);
      });
    this.#last.set(key, over);
    return done;
  }
}
