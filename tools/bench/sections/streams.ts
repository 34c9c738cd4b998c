import { compare, standing, type Case } from '../compare.ts';
import { comparisonTable, type ComparisonView } from '../comparison-report.ts';
import type { Direction, StreamFigures, StreamRequest } from '../subjects/measurements.ts';
import { startSubjects, type SubjectName } from '../subjects/subjects.ts';
import type { Section } from './section.ts';

const streaming: readonly SubjectName[] = ['sandbox', 'raw', 'grpc', 'goPlugin'];
const [upload, download] = ['to the plugin', 'to the host'];

function streamCase(name: string, direction: Direction): Case {
  const request = { measure: 'stream', direction, bytes: 64 * 1024 } satisfies Omit<StreamRequest, 'forMs'>;
  return { name, request, subjects: streaming };
}

const read = ({ bytes, seconds }: StreamFigures): number => bytes / seconds / 1e6;

/** One stream of items of 64 KiB, either way. */
export const streams: Section = {
  async run(bench) {
    await using subjects = await startSubjects(streaming);
    const comparison = await compare<StreamFigures>(bench, {
      running: subjects.running,
      cases: [streamCase(upload, 'toPlugin'), streamCase(download, 'toHost')],
      measure: (subject, request) => subject.measure(request),
    });
    const view: ComparisonView<StreamFigures> = {
      comparison,
      title: 'A stream of 64 KiB items',
      what: 'it flows',
      unit: 'MB/s',
      read,
      notes: ['No process was kept on a processor.'],
    };
    const ratio = (name: string, subject: SubjectName): number | undefined =>
      standing(comparison, { name, subject, read })?.ratio;
    return {
      tables: [comparisonTable(view)],
      values: {
        uploadToRaw: ratio(upload, 'raw'),
        uploadToGoPlugin: ratio(upload, 'goPlugin'),
        downloadToRaw: ratio(download, 'raw'),
        downloadToGoPlugin: ratio(download, 'goPlugin'),
      },
      figures: comparison,
    };
  },
};
