import type { Bench } from '../../bench.ts';
import { findRunner, peakMemory, readMemory } from '../../machine/memory.ts';
import { formatFigure } from '../../report/format.ts';
import type { Direction, StreamFigures } from '../../subjects/measurements.ts';
import { startSubject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';
import type { ScalePart } from './scale-part.ts';

const titles: Readonly<Record<Direction, string>> = { toPlugin: 'to the plugin', toHost: 'to the host' };

/** One long stream each way, each on a host of its own, and the highest memory of both ends meanwhile. */
export async function measureLongStreams(bench: Bench): Promise<ScalePart> {
  const totalBytes = bench.pace.isQuick ? 2 ** 26 : 2 ** 30;
  const directions = ['toPlugin', 'toHost'] as const;
  bench.expect(directions.length);
  const figures = [];
  for (const direction of directions) {
    bench.step(`a long stream ${titles[direction]}`);
    figures.push(await measureLongStream(direction, totalBytes));
  }
  return {
    name: 'longStreams',
    table: {
      title: `A stream of ${totalBytes / 2 ** 20} MiB in items of 64 KiB; memory before and at its highest, in MiB`,
      columns: ['it flows', 'MB/s', 'host before', 'highest', 'sandbox before', 'highest'],
      rows: figures.map(({ direction, megabytesPerSecond, before, peaks }) => [
        titles[direction],
        formatFigure(megabytesPerSecond),
        formatFigure(before.host),
        formatFigure(peaks['host'] ?? Number.NaN),
        formatFigure(before.sandbox),
        formatFigure(peaks['sandbox'] ?? Number.NaN),
      ]),
    },
    figures,
  };
}

async function measureLongStream(direction: Direction, totalBytes: number) {
  await using subject = await startSubject(programCommand('plugin-host.ts'));
  const { processIds } = await subject.measure<{ processIds: readonly number[] }>({ measure: 'processes' });
  const watched = { host: subject.processId, sandbox: await findRunner(processIds[0] ?? 0) };
  const before = { host: readMemory(watched.host).rssMiB, sandbox: readMemory(watched.sandbox).rssMiB };
  let megabytesPerSecond = Number.NaN;
  const peaks = await peakMemory(watched, async () => {
    const request = { measure: 'stream', direction, bytes: 64 * 1024, totalBytes };
    const { bytes, seconds } = await subject.measure<StreamFigures>(request);
    if (bytes < totalBytes) throw new Error(`of ${totalBytes} bytes ${bytes} have arrived`);
    megabytesPerSecond = bytes / seconds / 1e6;
  });
  return { direction, megabytesPerSecond, before, peaks };
}
