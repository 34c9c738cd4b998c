/** What comes out of a virtual machine, one line of JSON each. */
export type Message =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly string[] }
  | ({ readonly kind: 'result' } & TestResult)
  | { readonly kind: 'end' };

/** What the tests of one user came to. */
interface TestResult {
  readonly as: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** What is known of a machine and its tests. */
export interface TestReport {
  readonly facts: readonly string[];
  readonly results: readonly TestResult[];
  readonly isFinished: boolean;
}

/** The report before anything came; `accelerator` as qemu calls it. */
export function emptyReport(accelerator: string): TestReport {
  return { facts: [`accelerator ${accelerator}`], results: [], isFinished: false };
}

/** A line that is not a message is shown as it is. */
export function readMessage(line: string): Message {
  try {
    return JSON.parse(line) as Message; // our own program at the other end wrote it
  } catch {
    return { kind: 'progress', text: line };
  }
}

/** The report with one more message in it. */
export function addMessage(report: TestReport, message: Message): TestReport {
  switch (message.kind) {
    case 'progress':
      return report;
    case 'facts':
      return { ...report, facts: [...message.facts, ...report.facts] };
    case 'result': {
      const { kind: _, ...result } = message;
      return { ...report, results: [...report.results, result] };
    }
    case 'end':
      return { ...report, isFinished: true };
  }
}

/** Something passed as each user, and nothing failed. */
export function isSuccess({ results }: TestReport): boolean {
  return results.length > 0 && results.every(({ passed, failed }) => passed > 0 && failed === 0);
}

/** A table for people, and below it what ran where. */
export function formatReport({ facts, results }: TestReport): string {
  const header = ['as', 'passed', 'failed', 'skipped', 'seconds'];
  const rows = results.map(({ as, passed, failed, skipped, seconds }) => [
    as,
    ...[passed, failed, skipped, seconds].map(String),
  ]);
  const width = Math.max(...[header, ...rows].map(([first = '']) => first.length));
  const lines = [header, ...rows].map(
    ([first = '', ...numbers]) => first.padEnd(width) + numbers.map((text) => text.padStart(9)).join(''),
  );
  return [...lines, '', facts.join(', ')].join('\n');
}
