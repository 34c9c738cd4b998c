import type { CatalogueChange } from '../../../../packages/abstractions/src/hosting.ts';
import { PostgresPluginRegistry } from '../../../../packages/registry/src/postgres.ts';
import { makeDurablePostgres } from '../../../postgres/src/durable-postgres.ts';
import type { Bench } from '../../bench.ts';
import { readMemory } from '../../machine/memory.ts';
import { formatFigure } from '../../report/format.ts';
import { median, quantile } from '../../report/statistics.ts';
import type { Table } from '../../report/table.ts';
import type { Subject } from '../../subjects/subject.ts';
import type { Section } from '../section.ts';
import { startFleetHosts } from './fleet-hosts.ts';

interface StartFigures {
  readonly connectMillis: number;
  readonly startMillis: number;
  /** Plugins that came up. */
  readonly active: number;
}

interface QuarantineFigures {
  /** From its call to the answer of the registry: the transaction and its commit. */
  readonly commitMillis: number;
  /** From the answer of the registry to the stop of the plugin, on each host. */
  readonly stopMillis: readonly number[];
}

/** Each host has two, a third that listens, and one more while it brings the schema up to date. */
const connectionsOfHost = 4;
const operator: CatalogueChange = { actor: 'user:bench', hostId: 'bench-console' };

/** Many hosts on one PostgreSQL: their start, and how long the word of an operator takes to all of them. */
export const fleet: Section = {
  async run(bench) {
    const [hosts, plugins, quarantines] = bench.pace.isQuick ? [5, 20, 5] : [50, 200, 100];
    bench.expect(hosts + 1 + quarantines);
    await using server = makeDurablePostgres([`max_connections=${hosts * connectionsOfHost + 20}`]);
    await server.start();
    const { connectionString } = server;
    await using members = await startFleetHosts(bench, { connectionString, hosts, plugins });
    await using registry = await PostgresPluginRegistry.connect({ connectionString });
    bench.step('a fleet starts');
    const begin = performance.now();
    const starts = await Promise.all(
      members.hosts.map((host) => host.measure<StartFigures>({ measure: 'start' })),
    );
    const allMillis = performance.now() - begin;
    const missing = starts.filter(({ active }) => active !== plugins).length;
    if (missing > 0) throw new Error(`on ${missing} of ${hosts} hosts not every plugin came up`);
    const rssMiB = members.hosts.map(({ processId }) => readMemory(processId).rssMiB);
    const words: QuarantineFigures[] = [];
    for (let index = 0; index < quarantines; index += 1)
      words.push(await quarantine(bench, { hosts: members.hosts, registry, index }));
    const lasts = words.map(({ stopMillis }) => Math.max(...stopMillis));
    return {
      tables: [startTable({ hosts, plugins, starts, allMillis, rssMiB }), quarantineTable(words, hosts)],
      values: { fleetQuarantine: quantile(lasts, 0.99) },
      figures: { starts, allMillis, rssMiB, words },
    };
  },
};

interface Word {
  readonly hosts: readonly Subject[];
  readonly registry: PostgresPluginRegistry;
  readonly index: number;
}

async function quarantine(bench: Bench, { hosts, registry, index }: Word): Promise<QuarantineFigures> {
  bench.step('a plugin is quarantined in a fleet');
  const pluginId = `bench.plugin-${index}`;
  const stops = Promise.all(
    hosts.map((host) => host.measure<{ at: number }>({ measure: 'stopped', pluginId })),
  );
  const begin = now();
  await registry.quarantine(pluginId, operator);
  const committed = now();
  const stopMillis = (await stops).map(({ at }) => at - committed);
  return { commitMillis: committed - begin, stopMillis };
}

/** In milliseconds, by the clock that all processes of a machine share (clock_gettime(2), `CLOCK_MONOTONIC`). */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

interface Started {
  readonly hosts: number;
  readonly plugins: number;
  readonly starts: readonly StartFigures[];
  readonly allMillis: number;
  readonly rssMiB: readonly number[];
}

function startTable({ hosts, plugins, starts, allMillis, rssMiB }: Started): Table {
  const row = (name: string, values: readonly number[]): readonly string[] =>
    [name].concat([median(values), quantile(values, 0.99), Math.max(...values)].map(formatFigure));
  return {
    title: `${hosts} hosts with ${plugins} built-in plugins each start at once on one PostgreSQL that is empty, in milliseconds`,
    columns: ['of a host', 'median', 'p99', 'last'],
    rows: [
      row(
        'connected, schema there',
        starts.map(({ connectMillis }) => connectMillis),
      ),
      row(
        'startPluginHost(): registered, recorded, active',
        starts.map(({ startMillis }) => startMillis),
      ),
      row('resident memory, MiB', rssMiB),
    ],
    notes: [
      `All were up after ${formatFigure(allMillis)} ms. Each is a process with a pool of two connections and one that listens; fsync is on.`,
    ],
  };
}

function quarantineTable(words: readonly QuarantineFigures[], hosts: number): Table {
  const row = (name: string, values: readonly number[]): readonly string[] =>
    [name].concat([quantile(values, 0.5), quantile(values, 0.99), Math.max(...values)].map(formatFigure));
  return {
    title: `${words.length} quarantines, one after the other, of a plugin that ${hosts} hosts run, in milliseconds`,
    columns: ['until', 'p50', 'p99', 'highest'],
    rows: [
      row(
        'committed, from the call',
        words.map(({ commitMillis }) => commitMillis),
      ),
      row(
        'stopped on a host, from the commit',
        words.flatMap(({ stopMillis }) => stopMillis),
      ),
      row(
        'stopped on the last host, from the commit',
        words.map(({ stopMillis }) => Math.max(...stopMillis)),
      ),
    ],
    notes: [
      'A plugin is stopped when its own `stop()` is called: it is not `active` any more by then, and the registry knows.',
    ],
  };
}
