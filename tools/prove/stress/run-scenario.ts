import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommandedHost } from '../commanded-host.ts';
import { watchGroup, type GroupCounters, type WatchedGroup } from '../group-counters.ts';
import { ProveError } from '../prove-error.ts';
import { watchHost, type Calm } from './calm-host.ts';
import type { Scenario } from './scenarios.ts';
import type { StressPackage } from './stress-package.ts';

/** What was measured while stress-ng ran. */
export interface Measured extends Calm {
  readonly counters: GroupCounters;
  /** Processor time in each second, in the middle of the run. */
  readonly cpuCores: number;
  /** What nobody on this machine took meanwhile. */
  readonly idleCores: number;
}

interface Sample {
  readonly atMs: number;
  readonly idleMs: number;
  readonly counters: GroupCounters;
}

const runSeconds = 10;
const restSeconds = 5;
/** Workers take a moment to start, and to end. */
const middleMs = { from: 1_500, to: 9_000 } as const;
const sampleEveryMs = 50;

/** Runs one scenario in a host of its own. */
export async function runScenario(
  { name, stressors, limits }: Scenario,
  { files, command }: StressPackage,
): Promise<Measured> {
  await using host = await startCommandedHost({ files, limits });
  const group = watchGroup(host.watched.processId);
  const calm = watchHost(host.bystander);
  const options = ['--temp-path', '/tmp', '--timeout', `${runSeconds}s`, ...stressors.split(' ')];
  const ended = new AbortController();
  const running = host.watched.commander
    .run([...command, ...options])
    // A limit may end the plugin with what it started: the kernel's counters tell what happened.
    .catch((error: unknown) => ({ ending: String(error), output: undefined }))
    .finally(() => ended.abort());
  const [samples, { ending, output }] = await Promise.all([takeSamples(group, ended.signal), running]);
  const turns = await calm.stop();
  const counters = samples.at(-1)?.counters;
  if (counters === undefined || output?.includes('dispatching hogs') === false)
    throw new ProveError(`stress-ng did not run for "${name}": ${ending}\n${output ?? ''}`);
  return { ...turns, counters, ...cpuInTheMiddle(samples) };
}

/** How the host fares with the same plugins and no stress: what it is late by then is the doing of the machine. */
export async function restHost(): Promise<Calm> {
  await using host = await startCommandedHost({});
  const calm = watchHost(host.bystander);
  await delay(restSeconds * 1000);
  return calm.stop();
}

/** The counters only grow, and go with the group: the last that could be read tell the peaks. */
async function takeSamples(group: WatchedGroup, ended: AbortSignal): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const started = performance.now();
  for (;;) {
    const isLast = ended.aborted;
    const counters = group.readCounters();
    if (counters !== undefined)
      samples.push({ atMs: performance.now() - started, idleMs: readIdleMs(), counters });
    if (counters === undefined || isLast) return samples;
    await delay(sampleEveryMs);
  }
}

function cpuInTheMiddle(samples: readonly Sample[]): Pick<Measured, 'cpuCores' | 'idleCores'> {
  const middle = samples.filter(({ atMs }) => atMs > middleMs.from && atMs < middleMs.to);
  const [first, last] = [middle.at(0), middle.at(-1)];
  if (first === undefined || last === undefined || first === last) return { cpuCores: 0, idleCores: 0 };
  const tookMs = last.atMs - first.atMs;
  return {
    cpuCores: (last.counters.cpuMs - first.counters.cpuMs) / tookMs,
    idleCores: (last.idleMs - first.idleMs) / tookMs,
  };
}

function readIdleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
