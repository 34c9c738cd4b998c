import { parseArgs } from 'node:util';
import { examineMachine, type MachineCheck, type MachineReport } from '@stellaops/plugin-sandbox';
import { printRows, type Cell } from './print.ts';

/** `stella-plugin doctor`: what this machine can enforce around untrusted plugins. Resolves to 1 when it would refuse them. */
export async function doctor(args: readonly string[]): Promise<0 | 1> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const report = await examineMachine();
  if (values.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else print(report);
  return report.canIsolate ? 0 : 1;
}

function print({ obstacle, checks, isolation }: MachineReport): void {
  const aspects = Object.entries(isolation?.aspects ?? {}).map(
    ([aspect, { state, by }]): readonly [string, Cell] => [
      aspect,
      state === 'enforced' ? `enforced by ${by.join(', ')}` : ['red', state],
    ],
  );
  printRows({
    verdict: obstacle
      ? ['red', `untrusted plugins are refused here: ${obstacle.problem}. ${obstacle.fix}`]
      : ['green', `untrusted plugins can run here, isolated by ${isolation?.mechanism ?? 'nothing'}`],
    ...Object.fromEntries(checks.map((check) => [check.name, cellOf(check)])),
    ...Object.fromEntries(aspects),
  });
}

function cellOf({ state, found, fix }: MachineCheck): Cell {
  if (state === 'good') return found;
  const text = [`${state}: ${found}`, fix].filter((part) => part !== undefined).join('. ');
  return [state === 'missing' ? 'red' : 'yellow', text];
}
