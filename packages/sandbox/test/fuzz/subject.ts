import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Figures, Question, TrialEnd } from './subjects/serve-trials.ts';
import { within } from './subjects/within.ts';

/** Longer than anything that a subject waits for. */
const patienceMs = 40_000;

/** A trial under way, as its other side sees it. */
export interface BegunTrial {
  readonly trial: number;
  readonly path: string;
}

/** One end of the wire in a process of its own, which is started again where it does not survive. */
export class Subject implements AsyncDisposable {
  readonly #program: URL;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #child: ChildProcess | undefined;
  #lastId = 0;

  /** `program` calls `serveTrials()`. */
  constructor(program: URL) {
    this.#program = program;
  }

  /** One end of the wire as fuzzing has it. */
  static of(end: 'host' | 'runner'): Subject {
    return new Subject(new URL(`subjects/${end}-subject.ts`, import.meta.url));
  }

  /** Opens one end; that of a runner dials `path`. Rejects when the process does not answer. */
  begin(path?: string): Promise<BegunTrial> {
    return this.#ask({ ask: 'begin', ...(path !== undefined && { path }) }) as Promise<BegunTrial>;
  }

  /** To be called when the other side has left. */
  settle({ trial }: BegunTrial): Promise<TrialEnd> {
    return this.#ask({ ask: 'settle', trial }) as Promise<TrialEnd>;
  }

  figures(): Promise<Figures> {
    return this.#ask({ ask: 'figures' }) as Promise<Figures>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async #ask(question: Question): Promise<unknown> {
    const child = (this.#child ??= this.#start());
    const id = ++this.#lastId;
    const answered = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answered.resolve);
    child.send({ id, question }, () => undefined); // a process that is gone is noticed below
    const died = once(child, 'exit').then(([code, signal]) => ({ died: `${code ?? signal}` }));
    const value = await within(Promise.race([answered.promise, died]), patienceMs);
    this.#waiting.delete(id);
    if (value !== 'late' && !isDeath(value)) return value;
    await this[Symbol.asyncDispose]();
    throw new Error(
      value === 'late' ? 'the process does not answer' : `the process has ended: ${value.died}`,
    );
  }

  #start(): ChildProcess {
    const child = fork(this.#program, { execArgv: ['--disable-warning=ExperimentalWarning'] });
    child.setMaxListeners(0);
    child.on('message', ({ id, value }: { id: number; value: unknown }) => this.#waiting.get(id)?.(value));
    return child;
  }
}

function isDeath(value: unknown): value is { readonly died: string } {
  return typeof value === 'object' && value !== null && 'died' in value;
}
