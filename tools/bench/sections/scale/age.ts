import type { Bench } from '../../bench.ts';
import { findRunner, readMemory } from '../../machine/memory.ts';
import { formatFigure } from '../../report/format.ts';
import type { LatencyFigures } from '../../subjects/measurements.ts';
import { startSubject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';
import type { ScalePart } from './scale-part.ts';

/** What a stretch of calls was like, and the memory of both ends after it. */
interface Stretch {
  readonly name: string;
  readonly latency: LatencyFigures | undefined;
  /** After a collection, in MiB. */
  readonly hostHeapMiB: number;
  readonly hostRssMiB: number;
  readonly sandboxRssMiB: number;
}

/** A million calls on one connection: the first and the last tenth one after the other, the rest 64 at a time. */
export async function measureAge(bench: Bench): Promise<ScalePart> {
  const tenth = bench.pace.isQuick ? 3_000 : 100_000;
  const between = 4;
  bench.expect(between + 2);
  await using subject = await startSubject(programCommand('plugin-host.ts', [], ['--expose-gc']));
  const { processIds } = await subject.measure<{ processIds: readonly number[] }>({ measure: 'processes' });
  const runner = await findRunner(processIds[0] ?? 0);
  const call = { bytes: 100, kind: 'json' };
  const stretches: Stretch[] = [];
  const stretch = async (name: string, latency?: LatencyFigures): Promise<void> => {
    const { heapBytes } = await subject.measure<{ heapBytes: number }>({ measure: 'heap' });
    const [hostRssMiB, sandboxRssMiB] = [subject.processId, runner].map((id) => readMemory(id).rssMiB);
    stretches.push({
      name,
      latency,
      hostHeapMiB: heapBytes / 2 ** 20,
      hostRssMiB: hostRssMiB ?? Number.NaN,
      sandboxRssMiB: sandboxRssMiB ?? Number.NaN,
    });
  };
  const oneByOne = () => subject.measure<LatencyFigures>({ measure: 'latency', ...call, calls: tenth });

  // Compiled before it counts.
  await subject.measure({ measure: 'latency', ...call, forMs: bench.pace.warmUpMs });
  bench.step('a connection grows old: the first calls');
  await stretch(`first ${formatFigure(tenth)}, one by one`, await oneByOne());
  for (let part = 0; part < between; part += 1) {
    bench.step('a connection grows old');
    await subject.measure({ measure: 'throughput', ...call, inFlight: 64, calls: tenth * 2 });
    await stretch(`${formatFigure(tenth * 2)}, 64 in flight`);
  }
  bench.step('a connection grows old: the last calls');
  await stretch(`last ${formatFigure(tenth)}, one by one`, await oneByOne());
  return {
    name: 'age',
    table: {
      title: `${formatFigure(tenth * 10)} calls on one connection; memory of both ends after each stretch, in MiB`,
      columns: ['stretch', 'p50 in us', 'p99 in us', 'heap of host', 'resident, host', 'resident, sandbox'],
      rows: stretches.map((each) => [
        each.name,
        each.latency ? formatFigure(each.latency.p50Micros) : '-',
        each.latency ? formatFigure(each.latency.p99Micros) : '-',
        formatFigure(each.hostHeapMiB),
        formatFigure(each.hostRssMiB),
        formatFigure(each.sandboxRssMiB),
      ]),
    },
    figures: stretches,
  };
}
