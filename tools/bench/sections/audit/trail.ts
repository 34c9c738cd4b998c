import type { Bench } from '../../bench.ts';
import { peakMemory, readMemory } from '../../machine/memory.ts';
import { median } from '../../report/statistics.ts';
import { startSubject, type Subject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';

/** Where a trail is kept, and how long it becomes. */
export interface TrailPlan {
  readonly title: string;
  /** Arguments of the program that appends. */
  readonly args: readonly string[];
  readonly events: number;
  /** Writes what only has to be there, between what is appended first and last. Default: that is appended too. */
  readonly fill?: (from: number, count: number) => Promise<void>;
}

/** A trail at one length. */
export interface TrailLook {
  readonly events: number;
  /** Of what was appended first, or last. */
  readonly eventsPerSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  /** Of the verification of the whole trail, in proportion. */
  readonly verifySecondsPer100k: number;
  /** Before the verification. */
  readonly rssMiB: number;
  /** While it ran. */
  readonly peakMiB: number;
}

/** A trail after its first tenth, and whole. */
export interface TrailFigures {
  readonly title: string;
  /** Of each hundredth that was appended. */
  readonly eventsPerSecond: readonly number[];
  readonly early: TrailLook;
  readonly late: TrailLook;
}

const parts = 100;
const tenth = parts / 10;
/** Hundredths at each end whose appending counts. */
const countedParts = 2;

/** How many steps a trail takes. */
export const trailSteps = parts + 2;

/** Writes a trail from its first event to its last, and looks at it after a tenth and at the end. */
export async function measureTrail(bench: Bench, plan: TrailPlan): Promise<TrailFigures> {
  const { title, args, events } = plan;
  await using subject = await startSubject(programCommand('audit-trail.ts', args));
  const eventsPerSecond: number[] = [];
  const count = events / parts;
  const append = async (from: number): Promise<void> => {
    const { seconds } = await subject.measure<{ seconds: number }>({ measure: 'append', from, count });
    eventsPerSecond.push(count / seconds);
  };
  const look = async (written: number, rates: readonly number[]): Promise<TrailLook> => {
    bench.step(`an audit trail is read: ${title}`);
    const seen = await lookAt(subject, written, bench.pace.isQuick ? 50 : 200);
    return { ...seen, eventsPerSecond: median(rates) };
  };
  let early: TrailLook | undefined;
  for (let part = 0; part < parts; part += 1) {
    if (part === tenth) early = await look(part * count, eventsPerSecond.slice(0, countedParts));
    bench.step(`an audit trail grows: ${title}`);
    const isBetween = part >= countedParts && part < parts - countedParts;
    if (isBetween && plan.fill) await plan.fill(part * count, count);
    else await append(part * count);
  }
  const late = await look(events, eventsPerSecond.slice(-countedParts));
  return { title, eventsPerSecond, early: early ?? late, late };
}

async function lookAt(
  subject: Subject,
  events: number,
  queries: number,
): Promise<Omit<TrailLook, 'eventsPerSecond'>> {
  const query = { measure: 'query', queries };
  const times = await subject.measure<Pick<TrailLook, 'p50Millis' | 'p99Millis'>>(query);
  const { rssMiB } = readMemory(subject.processId);
  let verifySecondsPer100k = Number.NaN;
  const peaks = await peakMemory({ verifier: subject.processId }, async () => {
    const request = { measure: 'verify' };
    const { seconds, events: verified } = await subject.measure<{ seconds: number; events: number }>(request);
    if (verified !== events) throw new Error(`of ${events} events ${verified} are as they were written`);
    verifySecondsPer100k = (seconds / events) * 100_000;
  });
  return { events, ...times, verifySecondsPer100k, rssMiB, peakMiB: peaks['verifier'] ?? Number.NaN };
}
