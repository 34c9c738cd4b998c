/** `pnpm prove [NAME...] [--minutes N] [--rounds N] [--steps N] [--seed S] [--sandbox]`: proves on this machine what the sandbox promises, with other programs' help. */
import { parseArgs, styleText } from 'node:util';
import { isOnPath } from '../bubblewrap.ts';
import { setUp } from '../set-up.ts';
import { runTurbo } from '../turbo.ts';
import type { Proof } from './finding.ts';
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

const { positionals: asked, values } = parseArgs({
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
const { attack, path, sandbox: isSandboxed } = values;
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const options = {
  minutes: Number(values.minutes),
  rounds,
  steps,
  seed: Number(values.seed),
  isSandboxed,
  attack,
  path,
};
const unknown = asked.filter((name) => !Object.hasOwn(commands, name));
const chosen = Object.entries(commands).filter(([name]) => asked.length === 0 || asked.includes(name));
const missing = chosen.flatMap(([, { programs }]) => programs).filter((name) => !isOnPath(name));

if (unknown.length > 0) {
  printProblem(`There is no proof "${unknown.join(' ')}".`);
  process.stderr.write(
    `pnpm prove [${Object.keys(commands).join('|')}] [--minutes N] [--rounds N] [--steps N] [--seed S] [--sandbox]\n`,
  );
  process.exitCode = 2;
} else if (missing.length > 0) {
  for (const name of missing) printProblem(`${name} is not installed: apt-get install ${name}`);
  process.exitCode = 2;
} else if (!setUp() || runTurbo(['run', 'bundle', '--filter=./packages/*'], { quiet: true }) !== 0) {
  process.exitCode = 2;
} else {
  let broken = 0;
  for (const [name, command] of chosen) broken += await prove(name, command);
  if (broken === 0) process.stdout.write(`${styleText('green', 'Every bound held.')}\n`);
  else printProblem(`Bounds that did not hold: ${broken}`);
  process.exitCode = broken === 0 ? 0 : 1;
}

/** The number of bounds that did not hold; what could not be measured counts as one. */
async function prove(name: string, { title, load }: Command): Promise<number> {
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
