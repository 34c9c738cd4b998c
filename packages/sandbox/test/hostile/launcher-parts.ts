import type { BubblewrapLauncherParts } from '../../src/isolation/start/bubblewrap-launcher.ts';
import { openControlGroups } from '../../src/isolation/cgroups/open-control-groups.ts';
import { findPrograms } from '../../src/isolation/find/find-programs.ts';
import { findTools } from '../../src/isolation/find/find-tools.ts';
import type { IsolationObstacle } from '../../src/isolation/isolation.ts';
import { allLaunchMeans } from '../../src/isolation/machine/launch-means.ts';
import { nothingKnown } from '../../src/isolation/report/known-isolation.ts';

const isObstacle = (found: object): found is IsolationObstacle => 'problem' in found;

/** What the real launcher works with on this machine, to be weakened. Throws where something is missing. */
export async function findLauncherParts(): Promise<BubblewrapLauncherParts> {
  const programs = demand(await findPrograms(process.env['PATH'] ?? ''));
  const tools = demand(await findTools(programs, process.execPath));
  return { tools, means: allLaunchMeans, groups: demand(await openControlGroups()), known: nothingKnown };
}

function demand<T extends object>(found: T | IsolationObstacle): T {
  if (isObstacle(found)) throw new Error(found.problem);
  return found;
}
