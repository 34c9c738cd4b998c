import { parseArgs } from 'node:util';
import type { ProofOptions } from './finding.ts';

/** What the command was asked for. */
export interface ProveArguments {
  /** In the order in which they run; never empty. */
  readonly proofs: readonly string[];
  readonly options: ProofOptions;
}

/** Reads the command line; all proofs where none is named. Throws a `TypeError` for what is not understood. */
export function readArguments(given: readonly string[], known: readonly string[]): ProveArguments {
  const { positionals, values } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '20' },
      steps: { type: 'string', default: '1500' },
      sandbox: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      attack: { type: 'string' },
      path: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`There is no proof "${unknown.join(' ')}".`);
  const { minutes, rounds, steps, sandbox, seed, attack, path } = values;
  return {
    proofs: known.filter((name) => positionals.length === 0 || positionals.includes(name)),
    options: {
      minutes: numberOf('minutes', minutes),
      rounds: numberOf('rounds', rounds),
      steps: numberOf('steps', steps),
      seed: numberOf('seed', seed),
      isSandboxed: sandbox,
      attack,
      path,
    },
  };
}

/** How the command is called. */
export function usage(known: readonly string[]): string {
  return `pnpm prove [${known.join('|')} ...] [--minutes N] [--rounds N] [--steps N] [--seed N] [--sandbox] [--attack NAME] [--path PATH]`;
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0))
    throw new TypeError(`--${option} needs a number, and "${text}" is none.`);
  return value;
}
