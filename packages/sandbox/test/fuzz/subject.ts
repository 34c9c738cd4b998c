import { ChildProgram } from './child-program.ts';
import type { Figures, Question, TrialEnd } from './subjects/serve-trials.ts';

/** A trial under way, as its other side sees it. */
export interface BegunTrial {
  readonly trial: number;
  readonly path: string;
}

/** One end of the wire in a process of its own, which is started again where it does not survive. */
export class Subject implements AsyncDisposable {
  readonly #program: ChildProgram<Question>;

  /** `program` calls `serveTrials()`. */
  constructor(program: URL) {
    this.#program = new ChildProgram(program);
  }

  /** One end of the wire as fuzzing has it. */
  static of(end: 'host' | 'runner'): Subject {
    return new Subject(new URL(`subjects/${end}-subject.ts`, import.meta.url));
  }

  /** Opens one end; that of a runner dials `path`. Rejects when the process does not answer. */
  begin(path?: string): Promise<BegunTrial> {
    return this.#program.ask({ ask: 'begin', ...(path !== undefined && { path }) }) as Promise<BegunTrial>;
  }

  /** To be called when the other side has left. */
  settle({ trial }: BegunTrial): Promise<TrialEnd> {
    return this.#program.ask({ ask: 'settle', trial }) as Promise<TrialEnd>;
  }

  figures(): Promise<Figures> {
    return this.#program.ask({ ask: 'figures' }) as Promise<Figures>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
