import { styleText } from 'node:util';

/** The text of a row, alone or with its colour. */
export type Cell = string | readonly [colour: 'green' | 'yellow' | 'red', text: string];

/** Prints labels and values in two columns; rows without a value are left out. */
export function printRows(rows: Readonly<Record<string, Cell | undefined>>): void {
  const shown = Object.entries(rows).flatMap(([label, cell]) =>
    cell === undefined ? [] : [[label, cell] as const],
  );
  const width = Math.max(...shown.map(([label]) => label.length));
  for (const [label, cell] of shown) {
    const value = typeof cell === 'string' ? harmless(cell) : styleText(cell[0], harmless(cell[1]));
    process.stdout.write(`${styleText('dim', label.padEnd(width))}  ${value}\n`);
  }
}

/** Prints why something was not done, and the way out, where problems belong. */
export function printProblem(problem: string, wayOut?: string): void {
  process.stderr.write(`${styleText('red', harmless(problem), { stream: process.stderr })}\n`);
  if (wayOut !== undefined) process.stderr.write(`${wayOut}\n`);
}

/** What a package says of itself is shown, and must not steer the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
