import { standing, type Comparison } from './compare.ts';
import type { Chart } from './report/chart.ts';
import { formatFigure, formatRatio } from './report/format.ts';
import { median } from './report/statistics.ts';
import type { Table } from './report/table.ts';
import { subjectNames, subjectTitles, type SubjectName } from './subjects/subjects.ts';

/** What of a comparison is shown. */
export interface ComparisonView<Figures> {
  readonly comparison: Comparison<Figures>;
  readonly title: string;
  /** What its cases are. */
  readonly what: string;
  readonly unit: string;
  /** The figure that counts. */
  readonly read: (figures: Figures) => number;
  /** More columns, about the sandbox alone. */
  readonly details?: Readonly<Record<string, (figures: Figures) => number>>;
  /** Cases at which the lines of a plot begin anew. */
  readonly breaks?: readonly string[];
  readonly notes: readonly string[];
}

/** A row for each case: the figures of all subjects, and how many times those of each the sandbox's are. */
export function comparisonTable<Figures>(view: ComparisonView<Figures>): Table {
  const { comparison, title, what, unit, read, details = {}, notes } = view;
  const peers = measuredSubjects(comparison).filter((name) => name !== 'sandbox');
  const detail = (name: string, readDetail: (figures: Figures) => number): string =>
    formatFigure(median((comparison[name]?.sandbox ?? []).map(readDetail)));
  const cell = (name: string, subject: SubjectName): string => {
    const found = standing(comparison, { name, subject, read });
    if (!found) return '-';
    return subject === 'sandbox'
      ? formatFigure(found.value)
      : `${formatFigure(found.value)} (${formatRatio(found.ratio)})`;
  };
  const row = (name: string): readonly string[] => [
    name,
    cell(name, 'sandbox'),
    ...Object.values(details).map((readDetail) => detail(name, readDetail)),
    ...peers.map((peer) => cell(name, peer)),
  ];
  return {
    title: `${title}, in ${unit} (the sandboxed plugin against it)`,
    columns: [
      what,
      subjectTitles.sandbox,
      ...Object.keys(details),
      ...peers.map((name) => subjectTitles[name]),
    ],
    rows: Object.keys(comparison).map(row),
    notes,
  };
}

/** A line for each subject, through the medians of the cases. */
export function comparisonChart<Figures>({
  comparison,
  title,
  what,
  unit,
  read,
  breaks = [],
}: ComparisonView<Figures>): Chart {
  const names = Object.keys(comparison);
  return {
    title,
    unit,
    horizontal: what,
    labels: names,
    breaks,
    series: measuredSubjects(comparison).map((subject) => ({
      name: subjectTitles[subject],
      values: names.map((name) => standing(comparison, { name, subject, read })?.value),
    })),
  };
}

function measuredSubjects(comparison: Comparison<unknown>): readonly SubjectName[] {
  return subjectNames.filter((subject) => Object.values(comparison).some((figures) => figures[subject]));
}
