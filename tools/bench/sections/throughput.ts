import { compare, standing, type Case } from '../compare.ts';
import { comparisonChart, comparisonTable, type ComparisonView } from '../comparison-report.ts';
import { readCpuMicros } from '../machine/cpu-time.ts';
import type { MeasureRequest, ThroughputFigures, ThroughputRequest } from '../subjects/measurements.ts';
import type { Subject } from '../subjects/subject.ts';
import { startSubjects, subjectNames, type SubjectName } from '../subjects/subjects.ts';
import type { Section } from './section.ts';

const gated = '64 in flight';
const cases = [1, 16, 64, 256].map((inFlight): Case => {
  const request = { measure: 'throughput', bytes: 100, inFlight } satisfies Omit<ThroughputRequest, 'forMs'>;
  return { name: `${inFlight} in flight`, request, subjects: subjectNames };
});

/** What calls at the same time came to, and what they cost each end, in microseconds of a processor. */
interface Costs extends ThroughputFigures {
  readonly nearMicros: number;
  readonly farMicros: number;
}

const read = ({ calls, seconds }: ThroughputFigures): number => calls / seconds;

/** Many calls in flight. */
export const throughput: Section = {
  async run(bench) {
    await using subjects = await startSubjects(subjectNames);
    const { running } = subjects;
    const comparison = await compare<Costs>(bench, { running, cases, measure: measureCosts });
    const view: ComparisonView<Costs> = {
      comparison,
      title: 'Throughput of calls with 100 B of JSON',
      what: 'calls',
      unit: 'calls/s',
      read,
      details: {
        'us of host': ({ calls, nearMicros }) => nearMicros / calls,
        'us of plugin': ({ calls, farMicros }) => farMicros / calls,
      },
      notes: [
        'No process was kept on a processor. Microseconds are the time of a processor that one call costs each end.',
      ],
    };
    const ratio = (subject: SubjectName): number | undefined =>
      standing(comparison, { name: gated, subject, read })?.ratio;
    return {
      tables: [comparisonTable(view)],
      chart: comparisonChart(view),
      values: { rateToGoPlugin: ratio('goPlugin'), rateToGrpc: ratio('grpc') },
      figures: comparison,
    };
  },
};

async function measureCosts(subject: Subject, request: MeasureRequest): Promise<Costs> {
  const [near, ...far] = await subject.processIds();
  const cpu = (): readonly [number, number] => [readCpuMicros([near ?? 0]), readCpuMicros(far)];
  const before = cpu();
  const figures = await subject.measure<ThroughputFigures>(request);
  const after = cpu();
  return { ...figures, nearMicros: after[0] - before[0], farMicros: after[1] - before[1] };
}
