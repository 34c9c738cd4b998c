/** `pnpm bench [SECTION ...]`: measures on this machine what a plugin costs, side by side with what people use instead. */
import { writeFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import { printProblem, progressLine } from '../prove/print.ts';
import { setUp } from '../set-up.ts';
import { runTurbo } from '../turbo.ts';
import { readArguments, usage, type BenchArguments } from './arguments.ts';
import { Bench, fullPace, quickPace } from './bench.ts';
import { readMachineFacts } from './machine/machine-facts.ts';
import { writeDocument } from './report/document.ts';
import { gatesTable } from './report/gates-table.ts';
import { judge, type Gate } from './report/goals.ts';
import { printNoise, printTable } from './report/print.ts';
import type { SectionResult } from './sections/section.ts';
import { sections } from './sections/sections.ts';
import { missingPeers, subjectTitles, type SubjectName } from './subjects/subjects.ts';

const known = Object.keys(sections);
try {
  const asked = readArguments(process.argv.slice(2), known);
  const isReady = setUp() && runTurbo(['run', 'bundle', '--filter=./packages/*'], { quiet: true }) === 0;
  process.exitCode = isReady ? await measure(asked) : 2;
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  printProblem(error.message);
  process.stderr.write(`${usage(known)}\n`);
  process.exitCode = 2;
}

/** 1 when a gate was missed. */
async function measure({ sections: names, isQuick, json, document }: BenchArguments): Promise<number> {
  const progress = progressLine();
  const results: Record<string, SectionResult> = {};
  const bench = new Bench(isQuick ? quickPace : fullPace, progress.show);
  for (const name of names) {
    const section = await sections[name]?.();
    if (!section) continue;
    results[name] = await section.run(bench);
    progress.clear();
    for (const table of results[name].tables) printTable(table);
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
  return finish(gates);
}

function finish(gates: readonly Gate[]): number {
  const missed = gates.filter(({ pass }) => !pass).length;
  if (missed > 0) printProblem(`Gates that were missed: ${missed}`);
  else if (gates.length > 0)
    process.stdout.write(`${styleText('green', 'Every gate that was measured is met.')}\n`);
  return missed > 0 ? 1 : 0;
}
