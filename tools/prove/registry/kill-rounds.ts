import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { RecordedAuditEvent } from '../../../packages/abstractions/src/hosting.ts';
import { startPluginHost } from '../../../packages/host/src/index.ts';
import { PostgresPluginRegistry } from '../../../packages/registry/src/postgres.ts';
import { makeDurablePostgres, type DurablePostgres } from '../../postgres/src/durable-postgres.ts';
import { silentLogger } from '../../../packages/testing/src/silent-logger.ts';
import type { Finding, Proof } from '../finding.ts';
import { LoadedHost } from './load.ts';

const hostCount = 3;
/** How long there is load between two deaths, at least and at most. */
const loadMs = { least: 400, most: 2_000 };

/** However often the database and hosts are killed under load, what was recorded stands there: all of it, once, in order. */
export const proveRegistry: Proof = async (progress, { rounds }) => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'stella-prove-registry-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const server = stack.use(makeDurablePostgres());
  await server.start();
  const schema = `prove_${randomBytes(4).toString('hex')}`;
  const names = Array.from({ length: hostCount }, (_, index) => `host-${index + 1}`);
  const hosts = names.map((name) => new LoadedHost(name, folder, [server.connectionString, schema]));
  for (const host of hosts) {
    stack.defer(() => host.end('SIGKILL'));
    await host.start();
  }
  const kills = { server: 0, hosts: 0 };
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1}`, round / rounds);
    await setTimeout(between(loadMs.least, loadMs.most));
    const host = hosts[round % hostCount];
    const isHost = round % 2 === 1 || round % 5 === 0;
    const isServer = round % 2 === 0;
    const dying = [isServer ? server.kill() : undefined, isHost ? host?.end('SIGKILL') : undefined];
    await Promise.all(dying.filter((each) => each !== undefined));
    kills.server += Number(isServer);
    kills.hosts += Number(isHost);
    if (isHost) await host?.start(); // where both died, before its database
    await setTimeout(between(0, loadMs.most));
    if (isServer) await server.start();
  }
  progress('the hosts stop', 1);
  for (const host of hosts) await host.end('SIGTERM');
  progress('what is left is delivered, and everything is read', 1);
  return await judge(server, schema, hosts, kills); // before the server goes
};

async function judge(
  server: DurablePostgres,
  schema: string,
  hosts: readonly LoadedHost[],
  kills: { readonly server: number; readonly hosts: number },
): Promise<readonly Finding[]> {
  const { connectionString } = server;
  await using registry = await PostgresPluginRegistry.connect({ connectionString, schema });
  let left = 0;
  for (const { stateDirectory } of hosts) {
    await using host = await startPluginHost({
      registry,
      stateDirectory,
      hostId: 'collector',
      logger: silentLogger,
    });
    left += host.health().registry?.waiting ?? 0;
    while ((host.health().registry?.waiting ?? 0) > 0) await setTimeout(20);
  }
  const trail = await wholeTrail(registry);
  const written = new Map(trail.map((event) => [event.id, event]));
  const believed = hosts.flatMap((host) => host.beliefs());
  const lostEvents = believed.filter(({ id, version }) => version === undefined && !written.has(id));
  const versions = new Set(
    (await registry.list()).flatMap((entry) => entry.versions.map(({ digest }) => digest)),
  );
  const registered = believed.filter(({ digest }) => digest !== undefined);
  const lostChanges = registered.filter(({ id, digest = '' }) => !versions.has(digest) || !written.has(id));
  const { isIntact, faults } = await registry.verifyAuditChain();
  const findings: readonly [string, string, string, boolean][] = [
    ['PostgreSQL killed (fsync on)', 'SIGKILL', `${kills.server} times`, kills.server > 0],
    ['hosts killed', 'SIGKILL', `${kills.hosts} times`, kills.hosts > 0],
    [
      'events that hosts believe recorded',
      'none lost',
      `${believed.length} believed, ${lostEvents.length} lost`,
      lostEvents.length === 0,
    ],
    [
      'versions that hosts believe registered',
      'none lost',
      `${registered.length} believed, ${lostChanges.length} lost`,
      lostChanges.length === 0,
    ],
    [
      'events in the trail',
      'none twice',
      `${trail.length}, ${trail.length - written.size} twice`,
      written.size === trail.length,
    ],
    [
      'their order, by run of a host',
      'as they were made',
      `${outOfOrder(trail)} out of order`,
      outOfOrder(trail) === 0,
    ],
    ['left in journals for the next host', 'delivered', `${left} at the end`, true],
    [
      'the chains of the hosts',
      'intact',
      faults.map(({ problem }) => problem).join('; ') || 'intact',
      isIntact,
    ],
  ];
  return findings.map(([what, bound, measured, holds]) => ({ what, bound, measured, holds }));
}

async function wholeTrail(registry: PostgresPluginRegistry): Promise<readonly RecordedAuditEvent[]> {
  const trail: RecordedAuditEvent[] = [];
  let page = await registry.auditTrail();
  while (page.length > 0) {
    trail.push(...page.filter(({ actor }) => actor === 'prove'));
    page = await registry.auditTrail({ after: page.at(-1)?.position ?? 0 });
  }
  return trail;
}

/** How many events of a run stand behind a later one. */
function outOfOrder(trail: readonly RecordedAuditEvent[]): number {
  const last = new Map<string, number>();
  let count = 0;
  for (const { detail = '' } of trail) {
    const [run = '', number] = detail.split(' ');
    if (Number(number) < (last.get(run) ?? -1)) count += 1;
    last.set(run, Number(number));
  }
  return count;
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}
