/** Figures for people, in rows and columns. */
export interface Table {
  readonly title: string;
  /** The first names the rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What has to be known to read it. */
  readonly notes?: readonly string[];
}

/** Pads the cells of a table to the width of their column: the first column to the right, figures to the left. */
function alignTable({ columns, rows }: Table): readonly (readonly string[])[] {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const align = (cells: readonly string[]): readonly string[] =>
    widths.map((width, index) => {
      const cell = cells[index] ?? '';
      return index === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
  return [columns, ...rows].map(align);
}

/** A table for a terminal; `paint` colours a cell that is aligned already. */
export function terminalTable(table: Table, paint: (cell: string, kind: CellKind) => string): string {
  const [header = [], ...rows] = alignTable(table);
  const line = (cells: readonly string[], kind: (index: number) => CellKind): string =>
    `  ${cells.map((cell, index) => paint(cell, kind(index))).join('   ')}`.trimEnd();
  return [
    paint(table.title, 'title'),
    line(header, () => 'header'),
    ...rows.map((cells) => line(cells, (index) => (index === 0 ? 'name' : 'figure'))),
    ...(table.notes ?? []).map((note) => paint(`  ${note}`, 'note')),
    '',
  ].join('\n');
}

/** What a piece of a table is, for its colour. */
export type CellKind = 'title' | 'header' | 'name' | 'figure' | 'note';

/** A table in Markdown, laid out as the formatter of this repository does. */
export function markdownTable(table: Table): string {
  const [header = [], ...rows] = alignTable(table);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map(({ length }, index) =>
    index === 0 ? '-'.repeat(length) : `${'-'.repeat(length - 1)}:`,
  );
  return [
    `**${table.title}**`,
    '',
    ...[header, rule, ...rows].map(line),
    '',
    ...(table.notes ?? []).flatMap((note) => [note, '']),
  ].join('\n');
}
