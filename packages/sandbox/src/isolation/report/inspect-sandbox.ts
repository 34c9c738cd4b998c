import type { IsolationReport, SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { ControlGroup } from '../cgroups/control-group.ts';
import type { RunnerObservation } from '../isolation.ts';
import type { LaunchMeans } from '../machine/launch-means.ts';
import type { AspectEvidence } from './aspect-evidence.ts';
import { combineEvidence } from './combine-evidence.ts';
import { kernelEvidence } from './kernel-evidence.ts';
import type { KnownIsolation } from './known-isolation.ts';
import { limitEvidence } from './limit-evidence.ts';
import { readChildren, readNamespaces, readProcessFacts } from './process-facts.ts';

/** A sandbox that runs, and what it was made with. */
export interface InspectedSandbox extends KnownIsolation {
  readonly means: LaunchMeans;
  /** The first process inside, whose child is the runner. */
  readonly pid: number;
  readonly uid: number | undefined;
  readonly group: ControlGroup;
  readonly limits: SandboxLimits;
  /** The names of the variables that it was given. */
  readonly environment: readonly string[];
  readonly libraries: readonly string[];
}

/**
 * The report on a sandbox from all three sources; the kernel may be asked while the runner still looks. What could not be seen is not
 * enforced. Rejects as the observations do, and for nothing else.
 */
export async function reportIsolation(
  { mechanism, trials }: KnownIsolation,
  observations: Promise<readonly RunnerObservation[]>,
  kernel: Promise<readonly AspectEvidence[]>,
): Promise<IsolationReport> {
  const [observed, ofKernel] = await Promise.all([observations, kernel]);
  return combineEvidence(mechanism, [...observed.map(fromRunner), ...ofKernel, ...trials]);
}

function fromRunner(observation: RunnerObservation): AspectEvidence {
  return { ...observation, source: 'runner' };
}

/** What the kernel says of a sandbox now. Never rejects: what cannot be seen is missing. */
export async function askKernel(sandbox: InspectedSandbox): Promise<readonly AspectEvidence[]> {
  const { pid, group, limits } = sandbox;
  const [runnerPid] = await readChildren(pid);
  if (runnerPid === undefined) return [];
  const [hostNamespaces, first, runner, ofLimits] = await Promise.all([
    readNamespaces('self'),
    readProcessFacts(pid),
    readProcessFacts(runnerPid),
    limitEvidence(group, limits, [pid, runnerPid]),
  ]);
  return [...kernelEvidence({ first, runner }, { ...sandbox, hostNamespaces }), ...ofLimits];
}
