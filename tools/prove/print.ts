import { styleText } from 'node:util';
import type { Finding, Progress } from './finding.ts';

/** Prints what was found in aligned columns: the verdict, what it is of, what it must be, and what it was. */
export function printFindings(title: string, findings: readonly Finding[]): void {
  const width = (column: 'what' | 'bound'): number =>
    Math.max(0, ...findings.map((finding) => finding[column].length));
  const [whatWidth, boundWidth] = [width('what'), width('bound')];
  process.stdout.write(`${styleText('bold', title)}\n`);
  for (const { what, bound, measured, holds } of findings) {
    const verdict = holds ? styleText('green', 'held  ') : styleText('red', 'broken');
    process.stdout.write(
      `  ${verdict}  ${what.padEnd(whatWidth)}  ${styleText('dim', bound.padEnd(boundWidth))}  ${measured}\n`,
    );
  }
}

/** Prints why something could not be proven, where problems belong. */
export function printProblem(problem: string): void {
  process.stderr.write(`${styleText('red', problem, { stream: process.stderr })}\n`);
}

/** A line on standard error that says how far a proof is: drawn anew on a terminal, elsewhere one line for each step. */
export function progressLine(): { readonly show: Progress; clear(): void } {
  const { isTTY } = process.stderr;
  let last = '';
  return {
    show: (doing, fraction) => {
      const percent = `${String(Math.floor(fraction * 100)).padStart(3)} %`;
      if (isTTY) process.stderr.write(`\r\u001B[K  ${percent}  ${doing}`);
      else if (doing !== last) process.stderr.write(`  ${percent}  ${doing}\n`);
      last = doing;
    },
    clear: () => void (isTTY && process.stderr.write('\r\u001B[K')),
  };
}
