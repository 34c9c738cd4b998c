#!/usr/bin/env node
import { printProblem } from './print.ts';
import { usage, UsageError } from './usage.ts';

type Command = (args: readonly string[]) => Promise<ExitCode>;
type ExitCode = 0 | 1 | 2;

/** Loaded when asked for: `explain` brings the host along, `doctor` the sandbox, and each takes half a second for it. */
const commands: Readonly<Record<string, Command>> = {
  keygen: async (args) => (await import('./keygen.ts')).keygen(args),
  pack: async (args) => (await import('./pack.ts')).pack(args),
  sign: async (args) => (await import('./sign.ts')).sign(args),
  explain: async (args) => (await import('./explain.ts')).explain(args),
  doctor: async (args) => (await import('./doctor.ts')).doctor(args),
};

async function run([name = '--help', ...args]: readonly string[]): Promise<ExitCode> {
  if (['--help', '-h', 'help'].includes(name) || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`There is no command "${name}".`);
    return await command(args);
  } catch (error) {
    if (isUsageError(error)) {
      printProblem(error.message, 'What there is: stella-plugin --help');
      return 2;
    }
    const { isPluginError } = await import('@stellaops/plugin-abstractions');
    if (!isPluginError(error)) throw error;
    printProblem(`${error.code}: ${error.message}`);
    return 1;
  }
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

process.exitCode = await run(process.argv.slice(2));
