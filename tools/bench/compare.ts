import type { Bench } from './bench.ts';
import { median, medianRatio } from './report/statistics.ts';
import type { MeasureRequest } from './subjects/measurements.ts';
import type { Subject } from './subjects/subject.ts';
import type { SubjectName } from './subjects/subjects.ts';

/** One thing that is measured of several subjects. */
export interface Case {
  readonly name: string;
  readonly request: MeasureRequest;
  readonly subjects: readonly SubjectName[];
}

/** What is measured of whom, and how. */
export interface ComparisonPlan<Figures> {
  readonly running: ReadonlyMap<SubjectName, Subject>;
  readonly cases: readonly Case[];
  readonly measure: (subject: Subject, request: MeasureRequest) => Promise<Figures>;
}

/** The figures of every repetition, by case and subject. */
export type Comparison<Figures> = Readonly<
  Record<string, Readonly<Partial<Record<SubjectName, readonly Figures[]>>>>
>;

/** Measures subjects in turn (A B C, A B C, ...), so that what the machine does meanwhile meets all of them. */
export async function compare<Figures>(
  bench: Bench,
  { running, cases, measure }: ComparisonPlan<Figures>,
): Promise<Comparison<Figures>> {
  const { warmUpMs, settleMs, forMs, repetitions } = bench.pace;
  const planned = cases.map((each) => ({
    ...each,
    subjects: each.subjects.filter((name) => running.has(name)),
  }));
  bench.expect(planned.reduce((sum, { subjects }) => sum + subjects.length * (repetitions + 1), 0));
  const comparison: Record<string, Partial<Record<SubjectName, Figures[]>>> = {};
  for (const { name, request, subjects } of planned) {
    const figures: Partial<Record<SubjectName, Figures[]>> = (comparison[name] = {});
    for (let repetition = 0; repetition <= repetitions; repetition += 1) {
      for (const subjectName of subjects) {
        const subject = running.get(subjectName);
        if (!subject) continue;
        bench.step(name);
        await subject.measure({
          ...request,
          forMs: repetition === 0 ? warmUpMs : settleMs,
        });
        if (repetition === 0) continue;
        const measured = await measure(subject, { ...request, forMs });
        (figures[subjectName] ??= []).push(measured);
      }
    }
  }
  return comparison;
}

/** The figure of one subject in one case: its median, and how many times as large that of the sandbox is. */
export interface Standing {
  readonly value: number;
  readonly ratio: number;
}

/** `undefined` for a subject that was not measured. */
export function standing<Figures>(
  comparison: Comparison<Figures>,
  { name, subject, read }: { name: string; subject: SubjectName; read: (figures: Figures) => number },
): Standing | undefined {
  const [ours, theirs] = [comparison[name]?.sandbox, comparison[name]?.[subject]];
  if (!ours || !theirs) return undefined;
  const values = theirs.map(read);
  return { value: median(values), ratio: medianRatio(ours.map(read), values) };
}
