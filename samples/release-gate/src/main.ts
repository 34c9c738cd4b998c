import { styleText } from 'node:util';
import { isPluginError } from '@stellaops/plugin-sdk';
import { parseArguments, usage } from './arguments.ts';
import { BadInput } from './bad-input.ts';
import { runGate } from './gate.ts';
import { printable } from './printable.ts';

/** Ends with 0, 1 or 2, as the usage says. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const asked = parseArguments(argv, process.env['INIT_CWD'] ?? process.cwd()); // pnpm keeps there where the user is
    if (asked) return (await runGate(asked)) ? 0 : 1;
    console.log(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof BadInput) && !isPluginError(error)) throw error;
    const name = isPluginError(error) ? `${error.code}: ` : '';
    console.error(styleText('red', printable(name + error.message), { stream: process.stderr }));
    return error instanceof BadInput ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
