import type { Bench } from '../../bench.ts';
import { interleave } from '../../interleave.ts';
import { formatFigure } from '../../report/format.ts';
import { median } from '../../report/statistics.ts';
import type { Table } from '../../report/table.ts';
import { startSubject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';

/** Starts of a host with many built-in plugins. */
export interface BuiltInStarts {
  readonly table: Table;
  /** Median, with a registry in memory. */
  readonly registryMillis: number;
  readonly figures: unknown;
}

const titles = { alone: 'without a registry', registry: 'with a registry in memory' } as const;
const names = ['alone', 'registry'] as const;

/** How long the start of a thousand built-in plugins takes, in a process that has started none before. */
export async function measureBuiltInStarts(bench: Bench, plugins: number): Promise<BuiltInStarts> {
  const repetitions = bench.pace.isQuick ? 2 : 9;
  bench.expect(names.length * (repetitions + 1));
  const millis = await interleave(bench, {
    what: 'starting built-in plugins',
    names,
    repetitions,
    measure: (name) => startOnce(plugins, name === 'registry' ? ['registry'] : []),
  });
  return {
    table: {
      title: `Start of a host with ${plugins} built-in plugins, in milliseconds`,
      columns: ['startPluginHost()', 'median', 'fastest', 'slowest'],
      rows: names.map((name) => {
        const values = [median(millis[name]), Math.min(...millis[name]), Math.max(...millis[name])];
        const title: string = titles[name];
        return [title].concat(values.map(formatFigure));
      }),
      notes: ['Each in a new process, which has loaded its modules and run none of it before.'],
    },
    registryMillis: median(millis.registry),
    figures: millis,
  };
}

async function startOnce(plugins: number, args: readonly string[]): Promise<number> {
  await using subject = await startSubject(programCommand('many-plugins.ts', [String(plugins), ...args]));
  const { millis, active } = await subject.measure<{ millis: number; active: number }>({ measure: 'start' });
  if (active !== plugins) throw new Error(`of ${plugins} plugins ${active} came up`);
  return millis;
}
