import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { familyOf } from '../../../packages/testing/test/processes.ts';
import type { MeasureRequest } from './measurements.ts';

/** A process that is measured. Disposing ends it, with everything that it started. */
export interface Subject extends AsyncDisposable {
  readonly processId: number;
  /** Sends a request and resolves with the figures; rejects with what the process says of its failure. */
  measure<Figures>(request: MeasureRequest): Promise<Figures>;
  /** It and every process that it started, itself first. */
  processIds(): Promise<readonly number[]>;
}

/** How long one answer may take: the slowest is the start of a hundred sandboxes. */
const answerTimeoutMs = 300_000;

/** Starts a program that answers measurements, and waits until it is ready. */
export async function startSubject([file = '', ...args]: readonly string[]): Promise<Subject> {
  // Out of reach of Ctrl+C: when its input ends it cleans up, and then ends by itself.
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const ended = once(child, 'close');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { pid: processId = 0 } = child;
  const [, name = file] = [file, ...args].filter((part) => !part.startsWith('-'));
  const next = async (): Promise<Readonly<Record<string, unknown>>> => {
    const { value, done } = await withTimeout(answers.next(), name);
    if (done) throw new Error(`${name} has ended: ${String((await ended).find((each) => each !== null))}`);
    return JSON.parse(value) as Record<string, unknown>; // it answers with an object a line
  };
  try {
    await next();
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    processId,
    measure: async <Figures>(request: object) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { figures, error } = await next();
      if (figures === undefined) throw new Error(`${name}: ${String(error)}`);
      return figures as Figures; // as the request says
    },
    processIds: () => familyOf(processId),
    [Symbol.asyncDispose]: () => end(child, ended),
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.stdin?.end();
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(kill);
}

async function withTimeout<Value>(value: Promise<Value>, name: string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${name} does not answer`)), answerTimeoutMs);
  try {
    return await Promise.race([value, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
