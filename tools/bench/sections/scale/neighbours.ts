import type { Bench } from '../../bench.ts';
import { interleave } from '../../interleave.ts';
import { formatFigure, formatRatio } from '../../report/format.ts';
import { median, medianRatio } from '../../report/statistics.ts';
import type { LatencyFigures, ThroughputFigures } from '../../subjects/measurements.ts';
import { startSubject, type Subject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';
import type { ScalePart } from './scale-part.ts';

/** The cost of a call to one of 1, 10 and 100 active plugins, each in its sandbox. */
export async function measureNeighbours(bench: Bench): Promise<ScalePart> {
  const { isQuick, forMs, warmUpMs, settleMs } = bench.pace;
  const counts = isQuick ? ['1', '10'] : ['1', '10', '100'];
  await using stack = new AsyncDisposableStack();
  const hosts = new Map<string, Subject>();
  const repetitions = isQuick ? 3 : 9;
  bench.expect(counts.length * (repetitions + 2));
  for (const count of counts) {
    bench.step(`${count} active plugins: starting`);
    hosts.set(count, stack.use(await startSubject(programCommand('plugin-host.ts', [count]))));
  }
  for (const host of hosts.values()) await measureCall(host, warmUpMs);
  const figures = await interleave(bench, {
    what: 'calls to one of many active plugins',
    names: counts,
    repetitions,
    measure: async (count) => {
      const host = hosts.get(count);
      if (!host) throw new Error(`no host has ${count} plugins`);
      await measureCall(host, settleMs);
      return measureCall(host, forMs);
    },
  });
  const read = (count: string, part: 'p50Micros' | 'callsPerSecond') =>
    (figures[count] ?? []).map((each) => each[part]);
  const row = (count: string): readonly string[] => [
    count,
    ...(['p50Micros', 'callsPerSecond'] as const).flatMap((part) => [
      formatFigure(median(read(count, part))),
      formatRatio(medianRatio(read(count, part), read('1', part))),
    ]),
  ];
  return {
    name: 'neighbours',
    table: {
      title: 'A call of 100 B to one of many active plugins, each in a sandbox of its own',
      columns: ['active', 'p50 in us', 'against 1', 'calls/s, 64 in flight', 'against 1'],
      rows: counts.map(row),
    },
    figures,
  };
}

async function measureCall(host: Subject, forMs: number) {
  const latency = { measure: 'latency', kind: 'json', bytes: 100, forMs };
  const throughput = { measure: 'throughput', inFlight: 64, bytes: 100, forMs };
  const { p50Micros } = await host.measure<LatencyFigures>(latency);
  const { calls, seconds } = await host.measure<ThroughputFigures>(throughput);
  return { p50Micros, callsPerSecond: calls / seconds };
}
