import type { Table } from '../../report/table.ts';

/** One of the things that are not to grow. */
export interface ScalePart {
  /** As it stands in the JSON. */
  readonly name: string;
  readonly table: Table;
  readonly figures: unknown;
}
