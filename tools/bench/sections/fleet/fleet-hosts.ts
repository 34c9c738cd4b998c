import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../../bench.ts';
import { startSubject, type Subject } from '../../subjects/subject.ts';
import { programCommand } from '../../subjects/subjects.ts';

/** How large a fleet is. */
export interface FleetPlan {
  readonly connectionString: string;
  readonly hosts: number;
  /** On each host, the same on all. */
  readonly plugins: number;
}

/** The processes of a fleet, whose hosts are not started yet. Disposing ends them. */
export interface FleetHosts extends AsyncDisposable {
  readonly hosts: readonly Subject[];
}

/** So many at a time, or none would be ready in time. */
const startedAtOnce = 4;

/** Starts a process for each host of a fleet. */
export async function startFleetHosts(bench: Bench, plan: FleetPlan): Promise<FleetHosts> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'stella-bench-fleet-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const hosts: Subject[] = [];
  stack.defer(async () => void (await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()))));
  let next = 0;
  const startNext = async (): Promise<void> => {
    while (next < plan.hosts) {
      const hostId = `bench-${next++}`;
      bench.step('processes of a fleet are started');
      const state = join(folder, hostId);
      const args = [plan.connectionString, hostId, state, String(plan.plugins)];
      hosts.push(await startSubject(programCommand('fleet-host.ts', args)));
    }
  };
  await Promise.all(Array.from({ length: startedAtOnce }, startNext));
  const held = stack.move();
  return { hosts, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
