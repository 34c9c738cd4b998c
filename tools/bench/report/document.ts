import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { MachineFacts } from '../machine/machine-facts.ts';
import type { Noise } from '../machine/noise.ts';
import type { SectionResult } from '../sections/section.ts';
import { chartSvg } from './chart-svg.ts';
import { gatesTable } from './gates-table.ts';
import { judge } from './goals.ts';
import { describeNoise } from './print.ts';
import { markdownTable } from './table.ts';

/** Where and when figures were measured. */
export interface Occasion {
  readonly at: Date;
  readonly machine: MachineFacts;
  readonly noise: Noise;
}

/** Throws a `TypeError` where a document has no place for one of these sections: better before they are measured than after. */
export async function requirePlaces(file: string, names: readonly string[]): Promise<void> {
  const markdown = await readFile(file, 'utf8');
  for (const name of names) replaceMarked(markdown, name, '');
}

/**
 * Writes the figures of each section between its markers, `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, and its plot beside the
 * document. Throws a `TypeError` where a marker is missing: nothing is written then.
 */
export async function writeDocument(
  file: string,
  results: Readonly<Record<string, SectionResult>>,
  occasion: Occasion,
): Promise<void> {
  const stem = file.slice(0, file.length - extname(file).length);
  let markdown = await readFile(file, 'utf8');
  for (const [name, result] of Object.entries(results))
    markdown = replaceMarked(
      markdown,
      name,
      describeSection(result, `${basename(stem)}-${name}.svg`, occasion),
    );
  for (const [name, { chart }] of Object.entries(results))
    if (chart) await writeFile(`${stem}-${name}.svg`, chartSvg(chart));
  await writeFile(file, markdown);
}

/** A text with what stands between the markers of a name replaced. Throws a `TypeError` where they are missing. */
export function replaceMarked(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new TypeError(`The document has no place for ${name}: ${begin} ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}

function describeSection({ tables, chart, values }: SectionResult, plot: string, occasion: Occasion): string {
  const gates = judge(values ?? {});
  return [
    ...(chart ? [`![${chart.title}](${plot})\n`] : []),
    ...tables.map(markdownTable),
    ...(gates.length > 0 ? [markdownTable(gatesTable(gates))] : []),
    describeOccasion(occasion),
  ].join('\n');
}

function describeOccasion({ at, machine, noise }: Occasion): string {
  const { processor, processors, memoryGiB, kernel, node, go } = machine;
  const versions = `Linux ${kernel}, Node ${node}${go === undefined ? '' : `, ${go}`}`;
  const belief = noise.isQuiet
    ? ''
    : ' The machine was busy with something else: these figures are not to be believed.';
  return `${at.toISOString().slice(0, 10)}, ${processors} processors (${processor}), ${memoryGiB} GiB, ${versions}. ${describeNoise(noise)}${belief}`;
}
