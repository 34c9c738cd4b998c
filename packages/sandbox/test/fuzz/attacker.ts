import { ChildProgram } from './child-program.ts';
import type { Attempt } from './subjects/attacker.ts';

/** The other side of a trial, in a process of its own: what it does to Node's HTTP/2 may cost it that. */
export class Attacker implements AsyncDisposable {
  readonly #program = new ChildProgram<Attempt>(new URL('subjects/attacker.ts', import.meta.url));

  /** Does one thing. `undefined` when its process has not survived it; the next one has a new process. */
  attempt(attempt: Attempt): Promise<unknown> {
    return this.#program.ask(attempt).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
