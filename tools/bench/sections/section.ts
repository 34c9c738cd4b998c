import type { Bench } from '../bench.ts';
import type { Chart } from '../report/chart.ts';
import type { GoalValues } from '../report/goals.ts';
import type { Table } from '../report/table.ts';

/** One part of the bench. */
export interface Section {
  /** Measures. Says by `bench.expect()` and `bench.step()` how far it is. */
  run(bench: Bench): Promise<SectionResult>;
}

/** What a part of the bench came to. */
export interface SectionResult {
  readonly tables: readonly Table[];
  readonly chart?: Chart;
  /** Figures that have a gate. */
  readonly values?: GoalValues;
  /** The figures of every repetition, as they stand in the JSON. */
  readonly figures: unknown;
}
