import { compare, standing, type Case } from '../compare.ts';
import { comparisonChart, comparisonTable, type ComparisonView } from '../comparison-report.ts';
import { canPin, pin } from '../machine/affinity.ts';
import type { LatencyFigures, LatencyRequest } from '../subjects/measurements.ts';
import { startSubjects, subjectNames, type SubjectName } from '../subjects/subjects.ts';
import type { Section } from './section.ts';

function latencyCase(name: string, kind: LatencyRequest['kind'], bytes: number): Case {
  const subjects = kind === 'json' ? subjectNames : subjectNames.filter((subject) => subject !== 'fork');
  return {
    name,
    request: { measure: 'latency', kind, bytes } satisfies Omit<LatencyRequest, 'forMs'>,
    subjects,
  };
}

const [smallest, binary, largest] = ['100 B JSON', '64 KiB bytes', '1 MiB bytes'];
const cases = [
  latencyCase(smallest, 'json', 100),
  latencyCase('1 KiB JSON', 'json', 1024),
  latencyCase('64 KiB JSON', 'json', 64 * 1024),
  latencyCase(binary, 'bytes', 64 * 1024),
  latencyCase(largest, 'bytes', 1024 * 1024),
];

const read = ({ p50Micros }: LatencyFigures): number => p50Micros;

/** One call in flight, there and back. */
export const latency: Section = {
  async run(bench) {
    await using subjects = await startSubjects(subjectNames);
    const { running } = subjects;
    if (canPin()) for (const subject of running.values()) await pin(await subject.processIds());
    const comparison = await compare<LatencyFigures>(bench, {
      running,
      cases,
      measure: (subject, request) => subject.measure(request),
    });
    const view: ComparisonView<LatencyFigures> = {
      comparison,
      title: 'Latency of one call in flight, p50',
      what: 'there and back',
      unit: 'microseconds',
      read,
      breaks: [binary],
      details: { 'its p99': ({ p99Micros }) => p99Micros },
      notes: [
        canPin()
          ? 'Both ends of each were kept on one processor, by taskset(1).'
          : 'taskset(1) is not installed, so nothing was kept on one processor: such figures vary.',
        'grpc-js and go-plugin make a unary call each. They and the raw socket carry bytes that nobody reads; the others carry values, and those of the plugin are checked by its contract.',
      ],
    };
    const ratio = (name: string, subject: SubjectName): number | undefined =>
      standing(comparison, { name, subject, read })?.ratio;
    return {
      tables: [comparisonTable(view)],
      chart: comparisonChart(view),
      values: {
        callToRaw: ratio(smallest, 'raw'),
        callToGoPlugin: ratio(smallest, 'goPlugin'),
        megabyteToRaw: ratio(largest, 'raw'),
        megabyteToGoPlugin: ratio(largest, 'goPlugin'),
      },
      figures: comparison,
    };
  },
};
