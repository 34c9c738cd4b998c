import { access, constants } from 'node:fs/promises';
import type { IsolationObstacle } from '../isolation.ts';
import { CgroupV1 } from './cgroup-v1.ts';
import { CgroupV2 } from './cgroup-v2.ts';
import type { ControlGroups } from './control-group.ts';
import { divideV2Group } from './divide-v2-group.ts';
import { findOwnGroups, type OwnGroup } from './own-groups.ts';

/**
 * Opens what this machine has: version 1 where its controllers are there, as on a hybrid machine, otherwise version 2.
 * Rejects when groups are read-only, or belong to somebody else.
 */
export async function openControlGroups(): Promise<ControlGroups | IsolationObstacle> {
  const groups = await findOwnGroups();
  const findV1 = (controller: string): string | undefined =>
    groups.find(({ version, controllers }) => version === 1 && controllers.includes(controller))?.folder;
  const [memory, cpu, pids] = [findV1('memory'), findV1('cpu'), findV1('pids')];
  if (memory !== undefined && cpu !== undefined && pids !== undefined)
    return new CgroupV1({ memory, cpu, pids, cpuacct: findV1('cpuacct') });

  const v2 = groups.find(({ version }) => version === 2);
  if (v2 === undefined) return notMounted;
  const parent = await divideV2Group(v2);
  if (parent !== undefined) return new CgroupV2(parent);
  await access(v2.folder, constants.W_OK);
  return undividable(v2);
}

const notMounted: IsolationObstacle = {
  problem:
    'the control groups that limit memory, processor and processes are not mounted under /sys/fs/cgroup',
  fix: "Mount them, with 'mount -t cgroup2 none /sys/fs/cgroup', or give the container those of the machine.",
};

function undividable({ folder }: OwnGroup): IsolationObstacle {
  return {
    problem: `the control group ${folder} of this process cannot be divided, nor one above it: other processes are in it, or the kernel does not let it limit memory, processor and processes`,
    fix: 'Run the host as a systemd service of its own with Delegate=yes.',
  };
}
