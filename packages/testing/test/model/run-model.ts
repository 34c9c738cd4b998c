import * as fc from 'fast-check';
import { actionArbitrary, describeAction, togetherArbitrary, type Action } from './actions.ts';
import { openBackstage, type Backstage, type ModelTier } from './backstage.ts';
import { Leavings } from './leavings.ts';
import { PuppetModel } from './puppet-model.ts';
import { PuppetPlay } from './puppet-play.ts';
import { PuppetWorld } from './puppet-world.ts';

/** Actions of one run at most: each run begins with nothing. */
const runLength = 120;
/** Then a failure is told of as it is, though a shorter one may be found. */
const shrinkingTimeoutMs = 120_000;

/** How long, where, and which. */
export interface ModelOptions {
  readonly tier: ModelTier;
  /** Actions to do at least. */
  readonly steps: number;
  /** Of the first run; the others count up from it. */
  readonly seed: number;
  /** Actions of one run at most. Default 120. */
  readonly maxCommands?: number;
  /** The commands to repeat, as a failure named them beside its seed. */
  readonly path?: string | undefined;
  readonly onRun?: (steps: number) => void;
}

/** What was played. */
export interface ModelResult {
  readonly steps: number;
  readonly runs: number;
  readonly calls: number;
  /** Of the states of plugins. */
  readonly changes: number;
  /** How often each kind of action was done. */
  readonly kinds: ReadonlyMap<string, number>;
  /** The first thing that broke, with the way to see it again. */
  readonly failure?: { readonly problem: string; readonly seed: number; readonly path: string };
}

class PlayCommand implements fc.AsyncCommand<PuppetModel, PuppetPlay> {
  readonly #actions: readonly Action[];
  readonly #kinds: Map<string, number>;

  constructor(actions: readonly Action[], kinds: Map<string, number>) {
    this.#actions = actions;
    this.#kinds = kinds;
  }

  check(model: Readonly<PuppetModel>): boolean {
    return (
      this.#actions.every((action) => model.allows(action)) && (this.#actions.length === 1 || model.isRunning)
    );
  }

  async run(model: PuppetModel, play: PuppetPlay): Promise<void> {
    for (const { kind } of this.#actions) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    const [only] = this.#actions;
    if (only && this.#actions.length === 1) await play.one(model, only);
    else await play.together(model, this.#actions);
  }

  toString(): string {
    return this.#actions.map(describeAction).join(' + ');
  }
}

/** Plays random actions with hosts of a tier until there were enough, or something broke. */
export async function runModel(options: ModelOptions): Promise<ModelResult> {
  const { tier, steps, seed, path, onRun } = options;
  const backstage = await openBackstage(tier);
  const kinds = new Map<string, number>();
  const played = { steps: 0, runs: 0, calls: 0, changes: 0 };
  const [counterexample = '', replayPath = ''] = path?.split('/') ?? [];
  const replay = path === undefined ? {} : { path: counterexample, endOnFailure: true };
  const property = propertyOf(options, { backstage, kinds, played, replayPath });
  for (let run = 0; played.steps < steps; run++) {
    const result = await fc.check(property, {
      seed: seed + run,
      numRuns: 1,
      interruptAfterTimeLimit: shrinkingTimeoutMs,
      ...replay,
    });
    if (result.failed) return { ...played, kinds, failure: failureOf(result, seed + run) };
    onRun?.(played.steps);
    if (path !== undefined) break;
  }
  return { ...played, kinds };
}

interface Playing {
  readonly backstage: Backstage;
  readonly kinds: Map<string, number>;
  readonly played: { steps: number; runs: number; calls: number; changes: number };
  readonly replayPath: string;
}

function propertyOf({ maxCommands = runLength }: ModelOptions, playing: Playing) {
  const { backstage, kinds, replayPath } = playing;
  const isPossible = (action: Action): boolean => backstage.canCrash || action.kind !== 'crash';
  const one = actionArbitrary.filter(isPossible).map((action) => new PlayCommand([action], kinds));
  const together = togetherArbitrary.map((actions) => new PlayCommand(actions.filter(isPossible), kinds));
  const commands = [one, one, one, one, together];
  const leavings = new Leavings();
  return fc.asyncProperty(
    fc.commands(commands, { maxCommands, size: 'max', ...(replayPath !== '' && { replayPath }) }),
    async (sequence) => {
      const stateDirectory = await playOnce(sequence, playing);
      if (backstage.isReal) await leavings.check(stateDirectory);
    },
  );
}

/** From the start of a host to its stop. Resolves with where it had its files. */
async function playOnce(
  sequence: Iterable<fc.AsyncCommand<PuppetModel, PuppetPlay>>,
  { backstage, played }: Playing,
): Promise<string> {
  await using world = await PuppetWorld.open(backstage);
  const play = new PuppetPlay(world);
  const model = new PuppetModel(backstage.canRescan);
  await play.one(model, { kind: 'start' });
  try {
    await fc.asyncModelRun(() => ({ model, real: play }), sequence);
    if (model.isRunning) await play.one(model, { kind: 'stop' });
  } finally {
    played.runs += 1;
    played.steps += play.steps;
    played.calls += play.calls;
    played.changes += play.changes;
  }
  return world.stateDirectory;
}

function failureOf(
  {
    errorInstance,
    counterexample,
    counterexamplePath,
  }: fc.RunDetails<[Iterable<fc.AsyncCommand<PuppetModel, PuppetPlay>>]>,
  seed: number,
): NonNullable<ModelResult['failure']> {
  const text = fc.stringify(counterexample?.[0]);
  const replayPath = /replayPath="([^"]*)"/.exec(text)?.[1] ?? '';
  const problem = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { problem: `${problem}\nafter ${text}`, seed, path: `${counterexamplePath ?? ''}/${replayPath}` };
}
