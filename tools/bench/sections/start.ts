import { interleave } from '../interleave.ts';
import { formatFigure, formatRatio } from '../report/format.ts';
import { median, medianRatio } from '../report/statistics.ts';
import { programCommand } from '../subjects/subjects.ts';
import { startSubject } from '../subjects/subject.ts';
import type { Section } from './section.ts';

/** In milliseconds; of bare Node the first alone. */
interface StartFigures {
  /** From spawn to active. */
  readonly millis: number;
  /** Of the whole `startPluginHost()`. */
  readonly hostMillis?: number;
  /** To the first answer. */
  readonly answerMillis?: number;
}

const titles = {
  bareNode: 'bare node, to its first output',
  first: 'sandboxed plugin, its first start on a machine',
  cold: 'sandboxed plugin, cold',
  warm: 'sandboxed plugin, from the pool',
} as const;
const names = ['bareNode', 'first', 'cold', 'warm'] as const;

/** How long a plugin takes to be there. */
export const start: Section = {
  async run(bench) {
    await using subject = await startSubject(programCommand('starts.ts'));
    const repetitions = bench.pace.isQuick ? 3 : 15;
    bench.expect(names.length * (repetitions + 1));
    const figures = await interleave(bench, {
      what: 'starting plugins',
      names,
      repetitions,
      measure: (name) => subject.measure<StartFigures>({ measure: name }),
    });
    const ratio = (name: (typeof names)[number]): number =>
      medianRatio(figures[name].map(spawnToActive), figures.bareNode.map(spawnToActive));
    const cell = (name: (typeof names)[number], part: keyof StartFigures): string => {
      const values = figures[name].flatMap((each) => each[part] ?? []);
      return values.length === 0 ? '-' : formatFigure(median(values));
    };
    return {
      tables: [
        {
          title: 'Start, in milliseconds',
          columns: [
            'what',
            'spawn to active',
            'against bare node',
            'startPluginHost()',
            'to the first answer',
          ],
          rows: names.map((name) => [
            titles[name],
            cell(name, 'millis'),
            formatRatio(ratio(name)),
            cell(name, 'hostMillis'),
            cell(name, 'answerMillis'),
          ]),
          notes: [
            'Every isolation is on. No process was kept on a processor. In its first start the code of a plugin is compiled in its sandbox; every one after that, cold or from the pool, takes what was compiled.',
          ],
        },
      ],
      values: { coldStart: ratio('cold'), warmStart: ratio('warm') },
      figures,
    };
  },
};

function spawnToActive({ millis }: StartFigures): number {
  return millis;
}
