import { access, constants } from 'node:fs/promises';
import { release } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import type { IsolationObstacle } from '../isolation/isolation.ts';
import { diagnose } from '../isolation/find/obstacles.ts';
import { findOpenContainer } from '../isolation/find/open-container.ts';
import { otherArchitecture, otherPlatform, workerThread } from '../isolation/find/prerequisites.ts';
import { buildSeccompFilter } from '../isolation/seccomp/filter.ts';
import type { MachineCheck, MachineCheckName } from './machine-report.ts';

/** What can be looked up in this process. */
export async function checkBasics(): Promise<readonly MachineCheck[]> {
  const { platform, arch, versions } = process;
  const isLinux = platform === 'linux';
  return [
    check('platform', `${platform} ${release()}`, isLinux ? undefined : otherPlatform(platform)),
    check('architecture', arch, buildSeccompFilter(arch) === undefined ? otherArchitecture(arch) : undefined),
    { name: 'Node', state: 'good', found: versions.node },
    check('thread', 'the main one', isMainThread ? undefined : workerThread),
    ...(isLinux ? [await checkContainer(), await checkTemporaryDirectory()] : []),
  ];
}

/** A check that is good, or has found what stands in the way. */
export function check(name: MachineCheckName, found: string, obstacle?: IsolationObstacle): MachineCheck {
  if (obstacle === undefined) return { name, state: 'good', found };
  return { name, state: 'missing', found: obstacle.problem, fix: obstacle.fix };
}

async function checkContainer(): Promise<MachineCheck> {
  try {
    return check('container', 'none that its root could leave', await findOpenContainer());
  } catch (error) {
    return check('container', '', diagnose(String(error)));
  }
}

async function checkTemporaryDirectory(): Promise<MachineCheck> {
  try {
    await access('/tmp', constants.W_OK | constants.X_OK);
    return check('/tmp', 'writable');
  } catch (error) {
    return check('/tmp', '', diagnose(`mkdtemp '/tmp' fails: ${String(error)}`));
  }
}
