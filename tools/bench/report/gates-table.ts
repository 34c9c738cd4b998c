import { formatFigure } from './format.ts';
import type { Gate, Goal } from './goals.ts';
import type { Table } from './table.ts';

/** The figures that have a gate, beside it. */
export function gatesTable(gates: readonly Gate[]): Table {
  return {
    title: 'Gates',
    columns: ['figure', 'value', 'gate', 'goal', 'verdict'],
    rows: gates.map((gate) => [
      gate.name,
      withUnit(gate, gate.value),
      limit(gate, gate.gate),
      limit(gate, gate.goal),
      verdict(gate),
    ]),
  };
}

/** A missed gate fails the command; a missed goal is work that is left. */
function verdict({ pass, isGoalMet }: Gate): string {
  if (!pass) return 'missed';
  return isGoalMet ? 'goal met' : 'passed';
}

function limit(goal: Goal, value: number | string): string {
  if (typeof value === 'string') return value;
  return `${goal.better === 'less' ? '<=' : '>='} ${withUnit(goal, value)}`;
}

function withUnit({ unit }: Goal, value: number | string): string {
  return typeof value === 'string' ? value : `${formatFigure(value)} ${unit}`;
}
