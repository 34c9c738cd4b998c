/** `pnpm prove [NAME ...]`: proves on this machine what the sandbox promises, with other programs' help. */
import { styleText } from 'node:util';
import { isOnPath } from '../bubblewrap.ts';
import { setUp } from '../set-up.ts';
import { runTurbo } from '../turbo.ts';
import { readArguments, usage, type ProveArguments } from './arguments.ts';
import type { Proof, ProofOptions } from './finding.ts';
import { printFindings, printProblem, progressLine } from './print.ts';
import { ProveError } from './prove-error.ts';

interface Command {
  readonly title: string;
  /** Without which it cannot be run. Debian's packages have the same names. */
  readonly programs: readonly string[];
  readonly load: () => Promise<Proof>;
}

const commands: Readonly<Record<string, Command>> = {
  stress: {
    title: 'stress-ng inside the sandbox',
    programs: ['stress-ng'],
    load: async () => (await import('./stress/stress.ts')).proveLimits,
  },
  strace: {
    title: 'the answers of the kernel, as strace sees them from outside',
    programs: ['strace'],
    load: async () => (await import('./strace/strace.ts')).proveDenials,
  },
  cycles: {
    title: 'sandboxes that start and end, with every processor busy',
    programs: [],
    load: async () => (await import('./cycles.ts')).proveCycles,
  },
  fuzz: {
    title: 'random and mutated bytes on the wire',
    programs: [],
    load: async () => (await import('./fuzz.ts')).proveWire,
  },
  'hold-ups': {
    title: 'the longest turn of the event loop that a runner can cause',
    programs: [],
    load: async () => (await import('./hold-ups.ts')).proveHoldUps,
  },
  streams: {
    title: 'a GiB either way',
    programs: [],
    load: async () => (await import('./streams.ts')).proveStreams,
  },
  registry: {
    title: 'a database and hosts that are killed under load',
    programs: [],
    load: async () => (await import('./registry/kill-rounds.ts')).proveRegistry,
  },
  model: {
    title: 'random things done to a host, beside a model of it',
    programs: [],
    load: async () => (await import('./model.ts')).proveModel,
  },
  soak: {
    title: 'a host at work, as long as one likes',
    programs: [],
    load: async () => (await import('./soak/soak.ts')).proveSoak,
  },
};

const known = Object.keys(commands);
const asked = readCommand();
process.exitCode = asked && isReadyFor(asked.proofs) ? await proveAll(asked) : 2;

/** `undefined`, with the reason told, for what is not understood. */
function readCommand(): ProveArguments | undefined {
  try {
    return readArguments(process.argv.slice(2), known);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    printProblem(error.message);
    process.stderr.write(`${usage(known)}\n`);
    return undefined;
  }
}

function isReadyFor(proofs: readonly string[]): boolean {
  const missing = proofs.flatMap((name) => commands[name]?.programs ?? []).filter((name) => !isOnPath(name));
  for (const name of missing) printProblem(`${name} is not installed: apt-get install ${name}`);
  return (
    missing.length === 0 &&
    setUp() &&
    runTurbo(['run', 'bundle', '--filter=./packages/*'], { quiet: true }) === 0
  );
}

/** 1 when something did not hold, 0 otherwise. */
async function proveAll({ proofs, options }: ProveArguments): Promise<number> {
  let broken = 0;
  for (const [name, command] of Object.entries(commands))
    if (proofs.includes(name)) broken += await prove(name, command, options);
  if (broken === 0) process.stdout.write(`${styleText('green', 'Every bound held.')}\n`);
  else printProblem(`Bounds that did not hold: ${broken}`);
  return broken === 0 ? 0 : 1;
}

/** The number of bounds that did not hold; what could not be measured counts as one. */
async function prove(name: string, { title, load }: Command, options: ProofOptions): Promise<number> {
  const progress = progressLine();
  const started = performance.now();
  try {
    const run = await load();
    const findings = await run(progress.show, options);
    progress.clear();
    printFindings(`${name}: ${title}, ${Math.round((performance.now() - started) / 1000)} s`, findings);
    return findings.filter(({ holds }) => !holds).length;
  } catch (error) {
    progress.clear();
    if (!(error instanceof ProveError)) throw error;
    printProblem(`${name}: ${error.message}`);
    return 1;
  }
}
