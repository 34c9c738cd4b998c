import { parseArgs } from 'node:util';

/** What the command was asked for. */
export interface BenchArguments {
  /** In the order in which they run; never empty. */
  readonly sections: readonly string[];
  readonly isQuick: boolean;
  /** Where every figure is written as JSON. */
  readonly json: string | undefined;
  /** A page whose tables are written anew, with its plots beside it. */
  readonly document: string | undefined;
}

/** Reads the command line; all sections where none is named. Throws a `TypeError` for what is not understood. */
export function readArguments(given: readonly string[], known: readonly string[]): BenchArguments {
  const { positionals, values } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, json: { type: 'string' }, document: { type: 'string' } },
  });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`There is no section "${unknown.join(' ')}".`);
  if (values.quick && values.document !== undefined)
    throw new TypeError('Figures of a quick run are not to be quoted: --document needs a full one.');
  return {
    sections: known.filter((name) => positionals.length === 0 || positionals.includes(name)),
    isQuick: values.quick ?? false,
    json: values.json,
    document: values.document,
  };
}

/** How the command is called. */
export function usage(known: readonly string[]): string {
  return `pnpm bench [${known.join('|')} ...] [--quick] [--json FILE] [--document FILE]`;
}
