import * as fc from 'fast-check';
import { Attacker } from './attacker.ts';
import { Subject } from './subject.ts';
import type { Figures } from './subjects/serve-trials.ts';
import { attacks, type Attack, type Endings } from './trials.ts';

/** Runs between two looks at the clock. */
const runsPerRound = 100;

/** What to try, and for how long. */
export interface FuzzOptions {
  readonly minutes: number;
  /** Of the first round; the others count up from it. */
  readonly seed: number;
  /** The attack, where it is one alone. */
  readonly attack?: string;
  /** The one run to repeat, as a failure named it. */
  readonly path?: string;
  readonly onRound?: (attack: string, runs: number, fraction: number) => void;
}

/** What came of one attack. */
export interface AttackResult {
  readonly name: string;
  readonly runs: number;
  readonly endings: Endings;
  /** Of the process that was attacked. */
  readonly figures: Figures;
  /** What broke a promise, with the way to see it again. */
  readonly failure?: { readonly problem: string; readonly seed: number; readonly path: string };
}

/** Tries the attacks in turn until the time is over; one that was successful is not tried again. */
export async function runFuzz(options: FuzzOptions): Promise<readonly AttackResult[]> {
  const { minutes, seed, attack, path, onRound } = options;
  const startedAt = performance.now();
  const fraction = (): number => (performance.now() - startedAt) / (minutes * 60_000);
  await using stack = new AsyncDisposableStack();
  const underWay = Object.entries(attacks)
    .filter(([name]) => attack === undefined || attack === name)
    .map(([name, each]) => stack.use(new AttackUnderWay(name, each)));
  for (let round = 0; ; round++) {
    for (const each of underWay) {
      await each.attempt(seed + round, path);
      onRound?.(each.name, each.runs, Math.min(1, fraction()));
    }
    if (path !== undefined || fraction() >= 1 || underWay.every(({ failure }) => failure)) break;
  }
  return await Promise.all(underWay.map((each) => each.result())); // before the processes are ended
}

class AttackUnderWay implements AsyncDisposable {
  readonly name: string;
  runs = 0;
  failure: AttackResult['failure'];
  readonly #subject: Subject;
  readonly #property: fc.IAsyncProperty<[unknown]>;
  readonly #attacker = new Attacker();
  readonly #endings: Endings = new Map();

  constructor(name: string, { end, property }: Attack) {
    this.name = name;
    this.#subject = Subject.of(end);
    this.#property = property({ subject: this.#subject, attacker: this.#attacker }, this.#endings);
  }

  async attempt(seed: number, path: string | undefined): Promise<void> {
    if (this.failure) return;
    const replay = path === undefined ? {} : { path, endOnFailure: true };
    const result = await fc.check(this.#property, { seed, numRuns: runsPerRound, ...replay });
    this.runs += result.numRuns;
    if (!result.failed) return;
    const { errorInstance, counterexamplePath } = result;
    const problem = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    this.failure = { problem, seed, path: counterexamplePath ?? '' };
  }

  async result(): Promise<AttackResult> {
    const { name, runs, failure } = this;
    // A process that has not survived is started again, and has no figures of its own.
    const figures = await this.#subject.figures().catch(() => this.#subject.figures());
    return { name, runs, endings: this.#endings, figures, ...(failure && { failure }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subject[Symbol.asyncDispose]();
    await this.#attacker[Symbol.asyncDispose]();
  }
}
