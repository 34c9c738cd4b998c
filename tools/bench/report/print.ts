import { styleText } from 'node:util';
import type { Noise } from '../machine/noise.ts';
import { terminalTable, type CellKind, type Table } from './table.ts';

const styles: Readonly<Record<CellKind, Parameters<typeof styleText>[0]>> = {
  title: 'bold',
  header: 'dim',
  name: 'cyan',
  figure: 'reset',
  note: 'dim',
};
const verdicts: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  missed: 'red',
  passed: 'yellow',
  'goal met': 'green',
};

/** Prints a table in colours, where the terminal has them. */
export function printTable(table: Table): void {
  const paint = (cell: string, kind: CellKind): string =>
    styleText(verdicts[cell.trim()] ?? styles[kind], cell);
  process.stdout.write(`${terminalTable(table, paint)}\n`);
}

/** Prints how far the figures may be believed. */
export function printNoise(noise: Noise, isQuick: boolean): void {
  process.stdout.write(`${describeNoise(noise)}\n`);
  const warnings = [
    ...(noise.isQuiet ? [] : ['The machine was busy with something else: do not believe these figures.']),
    ...(isQuick ? ['This was a quick run: do not quote these figures.'] : []),
  ];
  for (const warning of warnings) process.stdout.write(`${styleText('yellow', warning)}\n`);
}

/** How noisy the machine was, in a sentence. */
export function describeNoise({ samples, bestMs, medianMs, p90Ms, load }: Noise): string {
  const [best, middle, slow] = [bestMs, medianMs, p90Ms].map((millis) => millis.toFixed(1));
  const [before, after] = load.map((average) => average.toFixed(1));
  return (
    `Noise: a fixed piece of work, done ${samples} times in between, took ${best} ms at best, ${middle} in the middle and ` +
    `${slow} at the slowest tenth; the load was ${before} before and ${after} after.`
  );
}
