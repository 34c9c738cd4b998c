import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadInput } from './bad-input.ts';

export const usage = `Usage: pnpm start [LOCKFILE] [--rules FILE] [--registry FOLDER] [--crash]

Scans a lockfile, judges its packages by rules, and delivers the evidence.

  LOCKFILE           a pnpm-lock.yaml or package-lock.json; without one, the lockfile of this repository
  --rules FILE       what to deny and what to warn of; without one, samples/release-gate/rules.json
  --registry FOLDER  where versions and audit are kept; without one, the PostgreSQL of DATABASE_URL,
                     and without that a folder below ~/.local/share
  --crash            kills the scanner in the middle of its work, to show that the host works on
  --help             prints this

Ends with 0 when the release may go out, 1 when not, 2 when it could not be asked: an option, a file or a rule is wrong.`;

/** What the gate is asked to do. The paths are absolute. */
export interface GateArguments {
  readonly lockfile: string;
  readonly rules: string;
  /** Missing where nobody names a folder. */
  readonly registry?: string;
  readonly isCrash: boolean;
}

const sample = resolve(import.meta.dirname, '..');

/** Reads the command line; `undefined` when it asks for help. Throws {@link BadInput}. */
export function parseArguments(argv: readonly string[], workingDirectory: string): GateArguments | undefined {
  const { values, positionals } = parse(argv[0] === '--' ? argv.slice(1) : argv); // pnpm passes it on
  if (values.help === true) return undefined;
  const [lockfile = resolve(sample, '../../pnpm-lock.yaml'), ...more] = positionals;
  if (more.length > 0) throw new BadInput(`One lockfile at a time, not also ${more.join(' and ')}`);
  return {
    lockfile: resolve(workingDirectory, lockfile),
    rules: resolve(workingDirectory, values.rules ?? resolve(sample, 'rules.json')),
    ...(values.registry !== undefined && { registry: resolve(workingDirectory, values.registry) }),
    isCrash: values.crash === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        rules: { type: 'string' },
        registry: { type: 'string' },
        crash: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadInput(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
