/** `pnpm test`: set-up, every workspace's tests through turbo, then the sum on a plain line. */
import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sumResults } from './test-results.ts';
import { setUp } from './set-up.ts';
import { runTurbo } from './turbo.ts';

if (!setUp()) process.exit(1);

const tested = globSync('{packages,samples,tools}/**/package.json', { exclude: ['**/node_modules'] })
  .filter((file) => JSON.parse(readFileSync(file, 'utf8')).scripts?.test !== undefined)
  .map((file) => dirname(file))
  .concat('tools')
  .toSorted();
const results = tested.map((folder) => join(folder, '.jest-result.json'));
for (const file of results) rmSync(file, { force: true });

const status = runTurbo(['run', 'test', 'test:tools', '--continue', ...process.argv.slice(2)]);

const { passed, failed, skipped, missing } = sumResults(results);
for (const file of missing) console.log(`${dirname(file)} has no result: its tests did not run to their end`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = status === 0 && failed > 0 ? 1 : status;
