import { styleText } from 'node:util';

const indent = '  ';

/** A cell that is coloured after it was padded. */
export interface Cell {
  readonly text: string;
  readonly style?: Parameters<typeof styleText>[0];
}

/** Rows with aligned columns, two blanks between them. A row that is wider than the terminal loses the end of its last cell. */
export function formatTable(
  rows: readonly (readonly Cell[])[],
  terminalWidth = Number.POSITIVE_INFINITY,
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { text }] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, text.length);
  }
  return rows.map((row) => formatRow(row, widths, terminalWidth)).join('');
}

function formatRow(row: readonly Cell[], widths: readonly number[], terminalWidth: number): string {
  let line = '';
  let column = 0;
  for (const [index, { text, style }] of row.entries()) {
    const isLast = index === row.length - 1;
    const width = isLast ? Math.max(1, terminalWidth - column - indent.length) : (widths[index] ?? 0);
    const shown = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    line +=
      indent +
      (style === undefined ? shown : styleText(style, shown)) +
      ' '.repeat(isLast ? 0 : width - shown.length);
    column += indent.length + width;
  }
  return `${line}\n`;
}
