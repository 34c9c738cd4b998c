/** Work that must not overlap, by key: each piece waits until the ones before it have ended, well or not. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the work when its turn has come, and resolves or rejects as it does. */
  take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#last.set(key, done);
    const forget = (): void => {
      if (this.#last.get(key) === done) this.#last.delete(key);
    };
    done.then(forget, forget);
    return done;
  }
}
