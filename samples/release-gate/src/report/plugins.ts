import { styleText } from 'node:util';
import type { PluginStatus } from '@stellaops/plugin-host';
import { printable } from '../printable.ts';
import { formatTable, type Cell } from './table.ts';

const header = ['plugin', 'version', 'tier', 'why that tier', 'state', 'loaded in'];
const tierStyles = { builtIn: 'cyan', trusted: 'green', untrusted: 'yellow' } as const;

/** A table of plugins, and below it why some of them are not there. */
export function formatPlugins(plugins: readonly PluginStatus[]): string {
  const rows = plugins.map(toRow);
  const failures = plugins.map(toFailure).filter((failure) => failure !== undefined);
  const titles = header.map((text): Cell => ({ text, style: 'dim' }));
  return [formatTable([titles, ...rows]), ...failures].join('');
}

function toRow({
  id,
  source,
  version,
  trustLevel,
  trustReason,
  state,
  loadDurationMs,
}: PluginStatus): readonly Cell[] {
  return [
    { text: printable(id ?? source) },
    { text: version ?? '-' },
    trustLevel === undefined ? { text: '-' } : { text: trustLevel, style: tierStyles[trustLevel] },
    { text: printable(trustReason ?? '-') },
    { text: state, style: state === 'active' ? 'green' : 'red' },
    { text: loadDurationMs === undefined ? '-' : `${Math.round(loadDurationMs)} ms` },
  ];
}

function toFailure({ id, source, error }: PluginStatus): string | undefined {
  if (error === undefined) return undefined;
  return `\n  ${printable(id ?? source)}: ${styleText('red', error.code)}: ${printable(error.message)}\n`;
}
