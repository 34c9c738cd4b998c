import { randomBytes } from 'node:crypto';
import { PostgresPluginRegistry } from '../../../packages/registry/src/postgres.ts';
import { makeDurablePostgres } from '../../postgres/src/durable-postgres.ts';
import { runSoak } from '../../../packages/testing/test/soak/run-soak.ts';
import type { Sample } from '../../../packages/testing/test/soak/take-sample.ts';
import type { Finding, Proof } from '../finding.ts';
import { ProveError } from '../prove-error.ts';
import { trendsOf, type Trend } from './trend.ts';

/** What the floor of a size may rise in the second half, in MiB: what caches of V8 and of the allocator come to. What a count is at least may not rise above what it was at most. */
const maxRiseMiB: Readonly<Record<string, number>> = {
  'heap MiB': 1,
  'external MiB': 1,
  'resident MiB': 32,
};
const fewestSamples = 12;
const tableRows = 12;

/** However long a host works, it holds no more than before, but for code that Node cannot unload. */
export const proveSoak: Proof = async (progress, { minutes }) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(makeDurablePostgres());
  await server.start();
  const schema = `soak_${randomBytes(4).toString('hex')}`;
  const registry = stack.use(
    await PostgresPluginRegistry.connect({ connectionString: server.connectionString, schema }),
  );
  const { samples, deeds } = await runSoak({
    minutes,
    registry,
    onRound: (round, fraction) => progress(`round ${round}`, fraction),
  });
  if (samples.length < fewestSamples)
    throw new ProveError(`${samples.length} rounds are too few to judge by: give it more --minutes`);
  printSamples(samples);
  const done = Array.from(deeds, ([deed, times]) => `${times} ${deed}`).join(', ');
  return [
    { what: 'answers', bound: 'each as it should be', measured: done, holds: true },
    ...trendsOf(samples).map(finding),
  ];
};

function finding({ name, first, last, floors, ceiling, rise }: Trend): Finding {
  const most = maxRiseMiB[name] ?? 0;
  // A size rises by and by; a count goes up and down with what its owner pools, and what leaks lifts all of it.
  const before = most === 0 ? ceiling : (floors[0] ?? 0);
  const risen = (floors.at(-1) ?? Infinity) - before;
  const seen = [first, last, ...floors].map(format);
  return {
    what: name,
    bound: most === 0 ? 'does not rise' : `rises by ${most} at most`,
    measured: `${seen[0]} at first, ${seen[1]} at last; floors ${seen.slice(2).join(', ')}; fitted rise ${format(rise)}`,
    holds: risen <= most,
  };
}

/** Some of the samples, evenly spread. */
function printSamples(samples: readonly Sample[]): void {
  const names = Object.keys(samples[0]?.figures ?? {});
  const step = (samples.length - 1) / (tableRows - 1);
  const chosen = Array.from({ length: tableRows }, (_, row) => samples[Math.round(row * step)]);
  const cells = (sample: Sample | undefined): readonly string[] =>
    names.map((name) => format(sample?.figures[name] ?? Number.NaN));
  const rows = chosen.map((sample) => [((sample?.atMs ?? 0) / 60_000).toFixed(1)].concat(cells(sample)));
  for (const row of [['minute', ...names], ...rows])
    process.stdout.write(
      `  ${row.map((cell, column) => cell.padStart((['minute', ...names][column] ?? '').length)).join('  ')}\n`,
    );
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
