import { fork, type ChildProcess } from 'node:child_process';

/** Longer than anything that a program here waits for. */
const patienceMs = 40_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A program in a process of its own that answers questions, and is started again where it has not survived. */
export class ChildProgram<Question> implements AsyncDisposable {
  readonly #program: URL;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #lastId = 0;

  constructor(program: URL) {
    this.#program = program;
  }

  /** Rejects when the process has ended, or does not answer and is ended for it. */
  async ask(question: Question): Promise<unknown> {
    const child = (this.#child ??= this.#start());
    const id = ++this.#lastId;
    const { promise, ...waiting } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const late = (): void => {
      child.kill('SIGKILL');
      waiting.reject(new Error('the process does not answer'));
    };
    const timer = setTimeout(late, patienceMs);
    child.send({ id, question }, () => undefined); // a process that is gone is noticed by its exit
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
    await promise;
  }

  #start(): ChildProcess {
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const child = fork(this.#program, { execArgv, serialization: 'advanced' });
    child.on('message', ({ id, value }: { id: number; value: unknown }) =>
      this.#waiting.get(id)?.resolve(value),
    );
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the process has ended: ${code ?? signal}`));
    });
    return child;
  }
}
