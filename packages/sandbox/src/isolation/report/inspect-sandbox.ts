import type { IsolationReport, SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { ControlGroup } from '../cgroups/control-group.ts';
import type { RunnerObservation } from '../isolation.ts';
import type { LaunchMeans } from '../machine/launch-means.ts';
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

/** The report on a sandbox from all three sources. Never rejects: what could not be seen is not enforced. */
export async function inspectSandbox(
  sandbox: InspectedSandbox,
  observations: readonly RunnerObservation[],
): Promise<IsolationReport> {
  const { pid, group, limits, mechanism, trials } = sandbox;
  const [runnerPid] = await readChildren(pid);
  const ofRunner = observations.map((observation) => ({ ...observation, source: 'runner' }) as const);
  if (runnerPid === undefined) return combineEvidence(mechanism, [...ofRunner, ...trials]);
  const [hostNamespaces, first, runner, ofLimits] = await Promise.all([
    readNamespaces('self'),
    readProcessFacts(pid),
    readProcessFacts(runnerPid),
    limitEvidence(group, limits, [pid, runnerPid]),
  ]);
  const ofKernel = kernelEvidence({ first, runner }, { ...sandbox, hostNamespaces });
  return combineEvidence(mechanism, [...ofRunner, ...ofKernel, ...ofLimits, ...trials]);
}
