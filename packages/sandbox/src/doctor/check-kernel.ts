import { openControlGroups } from '../isolation/cgroups/open-control-groups.ts';
import { findExecutable } from '../isolation/machine/find-executable.ts';
import { diagnoseError, type FoundLauncher } from '../isolation/find/find-launcher.ts';
import type { ToolSearch } from '../isolation/find/find-programs.ts';
import { standIns, type LaunchMean } from '../isolation/machine/launch-means.ts';
import { PluginIdentities } from '../isolation/files/plugin-identity.ts';
import { check } from './check-basics.ts';
import type { MachineCheck, MachineCheckName } from './machine-report.ts';
import { tryNamespaces } from './try-namespaces.ts';

/** What sandboxes need of the kernel, and of whoever set up this machine. */
export async function checkKernel(
  search: ToolSearch,
  found: FoundLauncher,
): Promise<readonly MachineCheck[]> {
  const means = found.launcher === undefined ? await checkSeparately(search) : checkMeans(found.shortages);
  return [...means, ...(process.getuid?.() === 0 ? [await checkUsers()] : [])];
}

const meanNames: Readonly<Record<LaunchMean, MachineCheckName>> = {
  userNamespace: 'user namespaces',
  freshProc: '/proc',
  controlGroup: 'control groups',
};

/** A sandbox was made: what it was made without is known. */
function checkMeans(
  shortages: Extract<FoundLauncher, { shortages: unknown }>['shortages'],
): readonly MachineCheck[] {
  const means = Object.entries(meanNames) as [LaunchMean, MachineCheckName][]; // its keys
  return means.map(([mean, name]): MachineCheck => {
    const obstacle = shortages.find(({ lacks }) => lacks === mean)?.obstacle;
    if (obstacle === undefined) return { name, state: 'good', found: 'at work in a trial' };
    const state = standIns[mean].aspects.length > 0 ? 'missing' : 'weaker';
    return { name, state, found: obstacle.problem, fix: obstacle.fix };
  });
}

/** No sandbox can be made: each of the means by itself. */
async function checkSeparately({ searchPath }: ToolSearch): Promise<readonly MachineCheck[]> {
  const bubblewrapFile = await findExecutable('bwrap', searchPath);
  const namespaces = await tryNamespaces(bubblewrapFile);
  return [...namespaces, await checkControlGroups()];
}

async function checkControlGroups(): Promise<MachineCheck> {
  try {
    const groups = await openControlGroups();
    if ('problem' in groups) return check('control groups', '', groups);
    return check('control groups', `below ${groups.parents.join(', ')}`);
  } catch (error) {
    return check('control groups', '', diagnoseError(error));
  }
}

/** A host that is root runs each plugin as another user. */
async function checkUsers(): Promise<MachineCheck> {
  try {
    const identities = new PluginIdentities();
    await identities.release(await identities.claim());
    return check('users of plugins', 'free');
  } catch (error) {
    return check('users of plugins', '', diagnoseError(error));
  }
}
