import type { styleText } from 'node:util';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import type { PluginInspection } from './host-inspection.ts';
import { printable } from './printable.ts';

/** A colour, as `styleText()` of Node names it. */
export type Style = Parameters<typeof styleText>[0];

/** A column: its heading, what stands in it, whether it is a number, and its colour. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
  readonly cell: (plugin: PluginInspection, at: Date) => string;
  readonly style?: (plugin: PluginInspection) => Style | undefined;
}

const none = '-';

/** From left to right. */
export const columns: readonly Column[] = [
  { heading: 'plugin', cell: ({ id, source }) => printable(id ?? source) },
  { heading: 'version', cell: ({ version = none }) => printable(version) },
  { heading: 'tier', cell: ({ trustLevel = none }) => trustLevel },
  { heading: 'state', cell: stateOf, style: ({ state }) => stateStyles[state] },
  { heading: 'since', isNumber: true, cell: ({ since }, at) => duration(at.getTime() - since.getTime()) },
  { heading: 'restarts', isNumber: true, cell: ({ restarts = 0 }) => String(restarts) },
  { heading: 'calls', isNumber: true, cell: ({ calls }) => number(calls?.calls) },
  {
    heading: 'errors',
    isNumber: true,
    cell: ({ calls }) => number(calls?.errors),
    style: ({ calls }) => (calls && calls.errors > 0 ? 'yellow' : undefined),
  },
  { heading: 'p50', isNumber: true, cell: ({ calls }) => milliseconds(calls?.p50Ms) },
  { heading: 'p99', isNumber: true, cell: ({ calls }) => milliseconds(calls?.p99Ms) },
  { heading: 'memory', isNumber: true, cell: ({ usage }) => mebibytes(usage?.memoryBytes) },
  {
    heading: 'cpu',
    isNumber: true,
    cell: ({ usage }) => (usage?.cpuMs === undefined ? none : `${(usage.cpuMs / 1000).toFixed(1)} s`),
  },
  { heading: 'isolation', cell: isolationOf },
];

const stateStyles: Readonly<Partial<Record<PluginInspection['state'], Style>>> = {
  active: 'green',
  failed: 'red',
  shutdown: 'dim',
  discovery: 'dim',
};

function stateOf({ state, isWaiting }: PluginInspection): string {
  return isWaiting ? 'waiting' : state;
}

function isolationOf({ isolation, trustLevel }: PluginInspection): string {
  if (!isolation) return trustLevel === 'untrusted' ? none : 'in process';
  const enforced = isolationAspects.filter((aspect) => isolation.aspects[aspect].state === 'enforced');
  return `${enforced.length}/${isolationAspects.length} ${printable(isolation.mechanism)}`;
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function number(value: number | undefined): string {
  return value === undefined ? none : String(value);
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return none;
  return value < 10 ? `${value.toFixed(2)} ms` : `${Math.round(value)} ms`;
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? none : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
