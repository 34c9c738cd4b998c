import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDurablePostgres } from '../../../postgres/src/durable-postgres.ts';
import { formatFigure } from '../../report/format.ts';
import type { Table } from '../../report/table.ts';
import type { Section } from '../section.ts';
import { fillTrail } from './fill-trail.ts';
import { measureTrail, trailSteps, type TrailFigures, type TrailLook, type TrailPlan } from './trail.ts';

/** What an audit trail costs as it grows: to append to it, to ask it about a plugin, to verify it. */
export const audit: Section = {
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(makeDurablePostgres());
    await server.start();
    const folder = await mkdtemp(join(tmpdir(), 'stella-bench-trail-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const [many, few] = bench.pace.isQuick ? [20_000, 4_000] : [1_000_000, 50_000];
    const plans: readonly TrailPlan[] = [
      {
        title: 'PostgreSQL',
        args: ['postgres', server.connectionString],
        events: many,
        fill: (from, count) => fillTrail(server, from, count),
      },
      { title: 'embedded (PGlite)', args: ['pglite', folder], events: few },
      { title: 'in memory', args: ['memory'], events: few },
    ];
    bench.expect(plans.length * trailSteps);
    const figures: TrailFigures[] = [];
    for (const plan of plans) figures.push(await measureTrail(bench, plan));
    const [onServer] = figures;
    return {
      tables: [trailTable(figures)],
      ...(onServer && { values: growthOf(onServer) }),
      figures,
    };
  },
};

/** Of a trail that becomes ten times as long: what one event costs then, against what it cost before. */
function growthOf({ early, late }: TrailFigures) {
  return {
    auditAppend: early.eventsPerSecond / late.eventsPerSecond,
    auditQuery: late.p50Millis / early.p50Millis,
    auditVerify: late.verifySecondsPer100k / early.verifySecondsPer100k,
    auditMemory: late.peakMiB / early.peakMiB,
  };
}

function trailTable(figures: readonly TrailFigures[]): Table {
  return {
    title: 'An audit trail that grows',
    columns: [
      'kept',
      'events',
      'appended, events/s',
      'query, p50 in ms',
      'p99 in ms',
      'verified, s per 100 k',
      'MiB before',
      'at its highest',
    ],
    rows: figures.flatMap(({ title, early, late }) => [rowOf(title, early), rowOf(title, late)]),
    notes: [
      'Eight hosts append at once, each one event after the other, a transaction each; PostgreSQL with fsync and a registry for each host, all in one process. Events/s are those of the first fiftieth and of the last.',
      'In PostgreSQL what lies between the two was written in SQL, ten thousand linked events a statement, as the registry links them.',
      'A query asks for the first hundred events of one of a thousand plugins. The verification reads the whole trail; MiB are those of the process that does.',
    ],
  };
}

function rowOf(title: string, look: TrailLook): readonly string[] {
  const { events, eventsPerSecond, p50Millis, p99Millis, verifySecondsPer100k, rssMiB, peakMiB } = look;
  const figures = [events, eventsPerSecond, p50Millis, p99Millis, verifySecondsPer100k, rssMiB, peakMiB];
  return [title, ...figures.map(formatFigure)];
}
