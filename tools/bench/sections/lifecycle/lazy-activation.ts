import type { Bench } from '../../bench.ts';
import { formatFigure } from '../../report/format.ts';
import { median } from '../../report/statistics.ts';
import type { Table } from '../../report/table.ts';
import { startSubject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';

/** What plugins cost that nobody calls. */
export interface LazyActivation {
  readonly table: Table;
  /** Before the first call. */
  readonly processes: number;
  readonly figures: unknown;
}

interface StartFigures {
  readonly millis: number;
  readonly waiting: number;
  /** Of the host, after a collection. */
  readonly heapKiB: number;
  readonly rssKiB: number;
  readonly processes: number;
}

interface CallFigures {
  readonly millis: number;
  readonly processes: number;
}

const calls = 5;

/** What untrusted plugins cost that wait for their first call, and what that call costs. */
export async function measureLazyActivation(bench: Bench, plugins: number): Promise<LazyActivation> {
  bench.expect(calls + 4);
  await using stack = new AsyncDisposableStack();
  const { start: one } = await startWaiting(bench, 1, stack);
  const { subject, start } = await startWaiting(bench, plugins, stack);
  const added = (part: 'heapKiB' | 'rssKiB'): number => (start[part] - one[part]) / (plugins - 1);
  const called: CallFigures[] = [];
  for (let index = 0; index < calls; index += 1) {
    bench.step('a plugin is called that waited');
    called.push(await subject.measure<CallFigures>({ measure: 'firstCall', index }));
  }
  const firstCall = median(called.map(({ millis }) => millis));
  return {
    table: {
      title: `${plugins} untrusted plugins that start at their first call`,
      columns: ['what', 'figure'],
      rows: [
        ['processes before the first call', String(start.processes)],
        ['startPluginHost(), ms', formatFigure(start.millis)],
        ['heap of the host, KiB more for each', formatFigure(added('heapKiB'))],
        ['resident, KiB more for each', formatFigure(added('rssKiB'))],
        [`first call of ${calls} of them, median in ms`, formatFigure(firstCall)],
        ['processes after them', String(called.at(-1)?.processes)],
      ],
      notes: [
        'Memory is that of the host after a collection, against that of a host with one such plugin.',
        'At its start the host reads, hashes and copies each package. A first call starts the sandbox, with every isolation, and is answered; a sandbox is a few processes.',
      ],
    },
    processes: start.processes,
    figures: { one, start, called },
  };
}

/** A host whose plugins wait; it ends with the stack. */
async function startWaiting(bench: Bench, plugins: number, stack: AsyncDisposableStack) {
  bench.step('packages of plugins are made');
  const command = programCommand('lazy-plugins.ts', [String(plugins)], ['--expose-gc']);
  const subject = stack.use(await startSubject(command));
  bench.step('starting a host whose plugins wait');
  const start = await subject.measure<StartFigures>({ measure: 'start' });
  if (start.waiting !== plugins) throw new Error(`of ${plugins} plugins ${start.waiting} wait`);
  return { subject, start };
}
