import { interleave } from '../interleave.ts';
import { canPin, pin } from '../machine/affinity.ts';
import { formatFigure } from '../report/format.ts';
import { median } from '../report/statistics.ts';
import { startSubject, type Subject } from '../subjects/subject.ts';
import { programCommand } from '../subjects/subjects.ts';
import type { Section } from './section.ts';

const titles = {
  builtIn: 'built-in: an async method, awaited',
  timed: 'trusted: counted and timed',
  bounded: 'trusted: with deadline and bound',
} as const;
const names = ['builtIn', 'timed', 'bounded'] as const;
type Variant = (typeof names)[number];

/** What a call within the process costs. */
export const dispatch: Section = {
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    const subjects = {} as Record<Variant, Subject>;
    for (const name of names)
      subjects[name] = stack.use(await startSubject(programCommand('in-process.ts', [name])));
    if (canPin()) for (const name of names) await pin(await subjects[name].processIds());
    const repetitions = bench.pace.isQuick ? 5 : 31;
    bench.expect(names.length * (repetitions + 1));
    const calls = bench.pace.isQuick ? 50_000 : 300_000;
    const figures = await interleave(bench, {
      what: 'calls in process',
      names,
      repetitions,
      measure: async (name) =>
        (await subjects[name].measure<{ nanos: number }>({ measure: 'calls', calls })).nanos,
    });
    const { isSame } = await subjects.builtIn.measure<{ isSame: boolean }>({ measure: 'identity' });
    const added = (name: Variant): number =>
      median(figures[name].map((nanos, repetition) => nanos - (figures.builtIn[repetition] ?? Number.NaN)));
    return {
      tables: [
        {
          title: 'Dispatch in process, in nanoseconds a call',
          columns: ['what', 'a call', 'added'],
          rows: names.map((name) => [
            titles[name],
            formatFigure(median(figures[name])),
            name === 'builtIn' ? '-' : formatFigure(added(name)),
          ]),
          notes: [`What a host resolves of a built-in plugin is ${isSame ? '' : 'not '}the object itself.`],
        },
      ],
      values: {
        builtIn: isSame ? 'the object itself' : 'another object',
        trustedTimed: added('timed'),
        trustedBounded: added('bounded'),
      },
      figures,
    };
  },
};
