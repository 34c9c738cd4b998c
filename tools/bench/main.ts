/** `pnpm bench [SECTION ...]`: measures on this machine what a plugin costs, side by side with what people use instead. */
import { writeFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import { printProblem, progressLine } from '../prove/print.ts';
import { setUp } from '../set-up.ts';
import { runTurbo } from '../turbo.ts';
import { readArguments, usage, type BenchArguments } from './arguments.ts';
import { Bench, fullPace, quickPace } from './bench.ts';
import { readMachineFacts } from './machine/machine-facts.ts';
import { requirePlaces, writeDocument } from './report/document.ts';
import { gatesTable } from './report/gates-table.ts';
import { judge, type Gate } from './report/goals.ts';
import { printNoise, printTable } from './report/print.ts';
import type { SectionResult } from './sections/section.ts';
import { sections } from './sections/sections.ts';
import { missingPeers, subjectTitles, type SubjectName } from './subjects/subjects.ts';

const known = Object.keys(sections);
const asked = await readCommand();
if (asked === undefined) process.exitCode = 2;
else {
  const isReady = setUp() && runTurbo(['run', 'bundle', '--filter=./packages/*'], { quiet: true }) === 0;
  process.exitCode = isReady ? await measure(asked) : 2;
}

/** `undefined`, with the reason told, for what is not understood. */
async function readCommand(): Promise<BenchArguments | undefined> {
  try {
    const read = readArguments(process.argv.slice(2), known);
    if (read.document !== undefined) await requirePlaces(read.document, read.sections);
    return read;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    printProblem(error.message);
    process.stderr.write(`${usage(known)}\n`);
    return undefined;
  }
}

/** 1 when a gate was missed, or a section could not be measured. */
async function measure({ sections: names, isQuick, json, document }: BenchArguments): Promise<number> {
  const progress = progressLine();
  const results: Record<string, SectionResult> = {};
  const bench = new Bench(isQuick ? quickPace : fullPace, progress.show);
  for (const name of names) {
    const result = await measureSection(name, bench);
    progress.clear();
    if (!result) continue;
    results[name] = result;
    for (const table of result.tables) printTable(table);
  }
  const gates = Object.values(results).flatMap(({ values }) => judge(values ?? {}));
  const noise = bench.noise.read();
  if (gates.length > 0) printTable(gatesTable(gates));
  for (const [peer, way] of Object.entries(missingPeers()))
    printProblem(`${subjectTitles[peer as SubjectName]} is not installed and was left out: ${way}`);
  printNoise(noise, isQuick);
  const occasion = { at: new Date(), machine: readMachineFacts(), noise };
  if (json !== undefined) {
    const figures = Object.fromEntries(Object.entries(results).map(([name, each]) => [name, each.figures]));
    const report = { ...occasion, isQuick, missing: missingPeers(), gates, figures };
    await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  if (document !== undefined) await writeDocument(document, results, occasion);
  const isWhole = names.every((name) => results[name] !== undefined);
  return finish(gates, isWhole);
}

/** `undefined`, with the reason told, when it failed: the others go on. */
async function measureSection(name: string, bench: Bench): Promise<SectionResult | undefined> {
  try {
    const section = await sections[name]?.();
    return await section?.run(bench);
  } catch (error) {
    printProblem(`${name} could not be measured: ${error instanceof Error ? error.stack : String(error)}`);
    return undefined;
  }
}

function finish(gates: readonly Gate[], isWhole: boolean): number {
  const missed = gates.filter(({ pass }) => !pass).length;
  if (missed > 0) printProblem(`Gates that were missed: ${missed}`);
  else if (gates.length > 0)
    process.stdout.write(`${styleText('green', 'Every gate that was measured is met.')}\n`);
  return missed === 0 && isWhole ? 0 : 1;
}
