import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { sumResults } from '../test-results.ts';

it('counts tests, files that could not run, and packages without a result', () => {
  const folder = mkdtempSync(join(tmpdir(), 'test-results-'));
  try {
    const [first, second, absent] = ['a.json', 'b.json', 'c.json'].map((name) => join(folder, name));
    const counts = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
    writeFileSync(first!, JSON.stringify({ ...counts, numRuntimeErrorTestSuites: 0 }));
    writeFileSync(second!, JSON.stringify({ ...counts, numRuntimeErrorTestSuites: 1 }));

    expect(sumResults([first!, second!, absent!])).toEqual({
      passed: 6,
      failed: 4,
      skipped: 4,
      missing: [absent],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
