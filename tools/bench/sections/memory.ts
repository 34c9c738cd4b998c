import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { interleave } from '../interleave.ts';
import { findRunner, readMemory, type ProcessMemory } from '../machine/memory.ts';
import { formatFigure, formatRatio } from '../report/format.ts';
import { median, medianRatio } from '../report/statistics.ts';
import { programCommand } from '../subjects/subjects.ts';
import { startSubject } from '../subjects/subject.ts';
import type { Section } from './section.ts';

const titles = {
  bareNode: 'bare node',
  first: 'sandboxed plugin, its first start on a machine',
  sandbox: 'sandboxed plugin, every start after that',
} as const;
const names = ['bareNode', 'first', 'sandbox'] as const;
type Name = (typeof names)[number];

/** What a plugin takes that nobody calls. */
export const memory: Section = {
  async run(bench) {
    const repetitions = bench.pace.isQuick ? 1 : 5;
    // How long a process is left alone before it is looked at.
    const idleMs = bench.pace.isQuick ? 300 : 2000;
    bench.expect(names.length * (repetitions + 1));
    const figures = await interleave<Name, ProcessMemory>(bench, {
      what: 'looking at idle processes',
      names,
      repetitions,
      measure: (name) => (name === 'bareNode' ? measureBareNode(idleMs) : measureSandbox(name, idleMs)),
    });
    const rss = (name: Name): readonly number[] => figures[name].map(({ rssMiB }) => rssMiB);
    return {
      tables: [
        {
          title: 'Memory of an idle process, in MiB',
          columns: ['what', 'resident', 'against bare node', 'its share'],
          rows: names.map((name) => [
            titles[name],
            formatFigure(median(rss(name))),
            formatRatio(medianRatio(rss(name), rss('bareNode'))),
            formatFigure(median(figures[name].map(({ pssMiB }) => pssMiB))),
          ]),
          notes: [
            'Resident is what the kernel holds for the process, Node and its libraries included; its share counts what it has in common with other processes in proportion.',
            'In its first start the code of a plugin is compiled in its sandbox; every one after that takes what was compiled. The gate is that of the second kind.',
          ],
        },
      ],
      values: { idleMemory: medianRatio(rss('sandbox'), rss('bareNode')) },
      figures,
    };
  },
};

async function measureSandbox(name: Exclude<Name, 'bareNode'>, idleMs: number): Promise<ProcessMemory> {
  const args = name === 'first' ? ['1'] : ['1', 'again'];
  await using subject = await startSubject(programCommand('plugin-host.ts', args));
  const { processIds } = await subject.measure<{ processIds: readonly number[] }>({ measure: 'processes' });
  await delay(idleMs);
  return readMemory(await findRunner(processIds[0] ?? 0));
}

async function measureBareNode(idleMs: number): Promise<ProcessMemory> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  const ended = once(child, 'close');
  try {
    await delay(idleMs);
    return readMemory(child.pid ?? 0);
  } finally {
    child.kill();
    await ended;
  }
}
