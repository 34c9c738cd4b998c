import { existsSync, readFileSync } from 'node:fs';

/** The sum over many runs of jest. */
export interface TestSum {
  readonly passed: number;
  /** Failed tests, test files that could not run, and runs without a result. */
  readonly failed: number;
  readonly skipped: number;
  readonly missing: readonly string[];
}

/** Adds up files that jest wrote with `--json --outputFile`; a file that is not there counts as one failure. */
export function sumResults(files: readonly string[]): TestSum {
  const missing = files.filter((file) => !existsSync(file));
  let [passed, failed, skipped] = [0, missing.length, 0];
  for (const file of files.filter((name) => !missing.includes(name))) {
    const run = JSON.parse(readFileSync(file, 'utf8'));
    passed += run.numPassedTests;
    failed += run.numFailedTests + run.numRuntimeErrorTestSuites;
    skipped += run.numPendingTests + run.numTodoTests;
  }
  return { passed, failed, skipped, missing };
}
