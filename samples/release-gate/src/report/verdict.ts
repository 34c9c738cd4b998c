import { styleText } from 'node:util';
import type { Verdict, Violation } from '@stellaops-samples/release-gate-contracts';
import { printable } from '../printable.ts';
import { formatTable, type Cell } from './table.ts';

const shownViolations = 10;

/** The verdict, and what was found against the release: failures first, the rest only counted. */
export function formatVerdict({ outcome, violations }: Verdict, terminalWidth: number | undefined): string {
  const rows = violations.slice(0, shownViolations).map(toRow);
  const hidden = violations.length - rows.length;
  const more = hidden > 0 ? `  and ${hidden} more, which are in the evidence\n` : '';
  return `${heading(outcome, violations)}\n${formatTable(rows, terminalWidth)}${more}`;
}

function heading(outcome: Verdict['outcome'], violations: readonly Violation[]): string {
  const failures = violations.filter(({ severity }) => severity === 'fail').length;
  const warnings = violations.length - failures;
  const counts = [count(failures, 'violation'), count(warnings, 'warning')].filter(
    (text) => text !== undefined,
  );
  const verdict =
    outcome === 'fail' ? styleText(['bold', 'red'], 'FAIL') : styleText(['bold', 'green'], 'PASS');
  return [verdict, ...(counts.length > 0 ? [`with ${counts.join(' and ')}`] : [])].join(' ');
}

function count(number: number, what: string): string | undefined {
  return number === 0 ? undefined : `${number} ${what}${number === 1 ? '' : 's'}`;
}

function toRow({ severity, rule, subject, reason }: Violation): readonly Cell[] {
  return [
    { text: severity, style: severity === 'fail' ? 'red' : 'yellow' },
    { text: rule },
    { text: printable(subject) },
    { text: printable(reason) },
  ];
}
