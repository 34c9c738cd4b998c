#!/usr/bin/env node
import { isPluginError } from '@stellaops/plugin-abstractions';
import { explain } from './explain.ts';
import { keygen } from './keygen.ts';
import { pack } from './pack.ts';
import { printProblem } from './print.ts';
import { sign } from './sign.ts';
import { usage, UsageError } from './usage.ts';

type Command = (args: readonly string[]) => Promise<ExitCode>;
type ExitCode = 0 | 1 | 2;

const commands: Readonly<Record<string, Command>> = { keygen, pack, sign, explain };

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
    if (isPluginError(error)) {
      printProblem(`${error.code}: ${error.message}`);
      return 1;
    }
    if (!isUsageError(error)) throw error;
    printProblem(error.message, 'What there is: stella-plugin --help');
    return 2;
  }
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

process.exitCode = await run(process.argv.slice(2));
