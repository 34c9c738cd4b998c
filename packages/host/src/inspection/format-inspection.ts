import { styleText } from 'node:util';
import { columns, type Style } from './columns.ts';
import type { HostInspection, PluginInspection } from './host-inspection.ts';
import { printable } from './printable.ts';

const healthStyles: Readonly<Record<HostInspection['status'], Style>> = {
  healthy: 'green',
  degraded: 'yellow',
  failed: 'red',
};

/**
 * The table of a host, one line a plugin, and below it what the failed ones failed of. Coloured where standard output is; `width` cuts each
 * line to so many columns.
 */
export function formatInspection(inspection: HostInspection, width = Number.POSITIVE_INFINITY): string {
  const { hostId, at, status, plugins } = inspection;
  const rows = plugins.map((plugin) => columns.map(({ cell }) => cell(plugin, at)));
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[], styleOf: (index: number) => Style | undefined): string =>
    styledLine(
      cells.map((text, index) => ({ text: padded(text, widths[index] ?? 0, index), style: styleOf(index) })),
      width,
    );
  const heading = line(
    columns.map(({ heading: text }) => text),
    () => 'dim',
  );
  return [
    `${styleText('bold', printable(hostId))}  ${styleText(healthStyles[status], status)}  ${at.toISOString()}`,
    heading,
    ...rows.map((row, index) => line(row, (column) => styleAt(column, plugins[index]))),
    ...problemsOf(inspection).map((problem) => styledLine([{ text: problem, style: 'red' }], width)),
    '',
  ].join('\n');
}

function styleAt(column: number, plugin: PluginInspection | undefined): Style | undefined {
  return plugin && columns[column]?.style?.(plugin);
}

function problemsOf({ plugins, registry }: HostInspection): readonly string[] {
  return [
    ...plugins.flatMap(({ id, source, error }) =>
      error ? [`${printable(id ?? source)}: ${error.code}: ${printable(error.message)}`] : [],
    ),
    ...(registry?.away ? [`the registry is away, since ${registry.away.since.toISOString()}`] : []),
  ];
}

function padded(text: string, width: number, column: number): string {
  return columns[column]?.isNumber === true ? text.padStart(width) : text.padEnd(width);
}

/** Cut before it is coloured, for a colour has no width. */
function styledLine(
  cells: readonly { readonly text: string; readonly style: Style | undefined }[],
  width: number,
): string {
  let left = width;
  return cells
    .map(({ text, style }, index) => {
      const gap = index === 0 ? '' : '  ';
      const shown = (gap + text).slice(0, Math.max(0, left));
      left -= shown.length;
      return style === undefined || shown.trim() === '' ? shown : styleText(style, shown);
    })
    .join('')
    .trimEnd();
}
