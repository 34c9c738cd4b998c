import { styleText } from 'node:util';

/** A cell that is coloured after it was padded. */
export interface Cell {
  readonly text: string;
  readonly style?: Parameters<typeof styleText>[0];
}

/** Rows with aligned columns, two blanks between them. */
export function formatTable(rows: readonly (readonly Cell[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { text }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length);
  }
  return rows
    .map((row) =>
      row
        .map(({ text, style }, column) => {
          const padding = column === row.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - text.length);
          return (style === undefined ? text : styleText(style, text)) + padding;
        })
        .join('  '),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}
