import { isPluginError } from '@stellaops/plugin-abstractions';
import { BubblewrapLauncher, type BubblewrapLauncherParts } from '../start/bubblewrap-launcher.ts';
import type { ControlGroups } from '../cgroups/control-group.ts';
import { startDeathWatch } from '../cgroups/death-watch.ts';
import { NoControlGroups } from '../cgroups/no-control-groups.ts';
import { openControlGroups } from '../cgroups/open-control-groups.ts';
import { findPrograms, type ToolSearch } from './find-programs.ts';
import { findTools } from './find-tools.ts';
import type { IsolationObstacle } from '../isolation.ts';
import { allLaunchMeans, standIns, type LaunchMean } from '../machine/launch-means.ts';
import { diagnose, type Diagnosis } from './obstacles.ts';
import { findOpenContainer } from './open-container.ts';
import { learnIsolation } from './learn-isolation.ts';
import { nothingKnown } from '../report/known-isolation.ts';
import { sweepTemporaryFolders } from '../files/temporary-folders.ts';
import { trySandbox } from './try-sandbox.ts';

/** Something that this machine lacks, and that sandboxes here are made without. */
export interface Shortage {
  readonly lacks: LaunchMean;
  readonly obstacle: IsolationObstacle;
}

/** What a machine can do at best, or why it cannot isolate at all. */
export type FoundLauncher =
  | { readonly launcher: BubblewrapLauncher; readonly shortages: readonly Shortage[] }
  | { readonly launcher: undefined; readonly obstacle: IsolationObstacle };

/** Looks for all the means, and tries them; what the machine lacks is left out, and told, where a sandbox can do without. */
export async function findLauncher({ nodeFile, searchPath }: ToolSearch): Promise<FoundLauncher> {
  try {
    const programs = (await findOpenContainer()) ?? (await findPrograms(searchPath));
    if ('problem' in programs) return refused(programs);
    // Before anything else is started, because a group is divided more easily while this process is alone in it.
    const groups = await prepareGroups();
    const tools = await findTools(programs, nodeFile);
    if ('problem' in tools) return refused(tools);
    await Promise.all([tools.identities?.sweep(), sweepTemporaryFolders()]);
    const all = { tools, means: allLaunchMeans, known: nothingKnown };
    return 'problem' in groups
      ? await tryWithout('controlGroup', groups, all)
      : await tryMeans({ ...all, groups });
  } catch (error) {
    return refused(diagnoseError(error));
  }
}

/** What an error means that came up while a sandbox was made. */
export function diagnoseError(error: unknown): Diagnosis {
  if (isPluginError(error, 'SANDBOX_UNSUPPORTED')) return error.details;
  return diagnose(error instanceof Error ? error.message : String(error));
}

/** Tries with everything that was found. Only what an obstacle says to be lacking is left out, one after the other. */
async function tryMeans(
  parts: BubblewrapLauncherParts,
  shortages: readonly Shortage[] = [],
): Promise<FoundLauncher> {
  const obstacle = await tryLauncher(new BubblewrapLauncher(parts));
  if (obstacle === undefined) {
    const known = await learnIsolation(parts);
    return { launcher: new BubblewrapLauncher({ ...parts, known }), shortages };
  }
  const { lacks } = obstacle;
  if (lacks === undefined || !canDoWithout(lacks, parts))
    // Root's other way fails where namespaces are forbidden altogether: then the first way is the one to mend.
    return refused(shortages.find((one) => one.lacks === 'userNamespace')?.obstacle ?? obstacle);
  return tryWithout(lacks, obstacle, parts, shortages);
}

async function tryWithout(
  lacks: LaunchMean,
  { problem, fix }: IsolationObstacle,
  parts: Omit<BubblewrapLauncherParts, 'groups'> & Partial<Pick<BubblewrapLauncherParts, 'groups'>>,
  shortages: readonly Shortage[] = [],
): Promise<FoundLauncher> {
  const groups = lacks === 'controlGroup' ? undefined : parts.groups;
  const without = {
    ...parts,
    means: { ...parts.means, [lacks]: false },
    groups: groups ?? (await NoControlGroups.open()),
  };
  const offer = `${fix} ${standIns[lacks].offer}`.trim();
  return tryMeans(without, [...shortages, { lacks, obstacle: { problem, fix: offer } }]);
}

async function tryLauncher(launcher: BubblewrapLauncher): Promise<Diagnosis | undefined> {
  try {
    const failure = await trySandbox(launcher);
    return failure === undefined ? undefined : diagnose(failure);
  } catch (error) {
    return diagnoseError(error);
  }
}

function canDoWithout(lacks: LaunchMean, { means, tools }: BubblewrapLauncherParts): boolean {
  if (lacks === 'userNamespace' && (tools.identities === undefined || tools.setpriv === undefined))
    return false;
  return means[lacks];
}

async function prepareGroups(): Promise<ControlGroups | IsolationObstacle> {
  try {
    const groups = await openControlGroups();
    if ('problem' in groups) return groups;
    await groups.sweep();
    await startDeathWatch(groups);
    return groups;
  } catch (error) {
    return diagnoseError(error);
  }
}

function refused({ problem, fix }: IsolationObstacle): FoundLauncher {
  return { launcher: undefined, obstacle: { problem, fix } };
}
