import { access, constants } from 'node:fs/promises';
import type { IsolationObstacle } from '../isolation.ts';
import { CgroupV1 } from './cgroup-v1.ts';
import { CgroupV2 } from './cgroup-v2.ts';
import type { ControlGroups } from './control-group.ts';
import { findMissing, handDown } from './controllers.ts';
import { divideV2Group } from './divide-v2-group.ts';
import { findOwnGroups, type OwnGroup } from './own-groups.ts';
import { SystemdScope } from './systemd-scope.ts';
import { findSystemdUnit, isDelegated } from './systemd-unit.ts';

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
  return v2 === undefined ? notMounted : openV2(v2);
}

/** A group that systemd looks after is divided only where systemd leaves that to us; otherwise systemd makes another one for us. */
async function openV2(own: OwnGroup): Promise<ControlGroups | IsolationObstacle> {
  const unit = await findSystemdUnit(own);
  if (unit !== undefined && !(await isDelegated(unit, own.folder))) return openScope();
  const parent = await divideV2Group(own.folder, unit?.folder ?? own.mountPoint);
  if (parent !== undefined) return new CgroupV2(parent);
  await access(own.folder, constants.W_OK);
  return undividable(own);
}

async function openScope(): Promise<ControlGroups | IsolationObstacle> {
  const scope = await SystemdScope.start(process.getuid?.() === 0 ? 'system' : 'user');
  const missing = await findMissing(scope.folder, 'cgroup.controllers');
  if (missing.length > 0) return undelegated(missing);
  await handDown(scope.folder);
  return new CgroupV2(scope.folder, scope);
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

/** systemd 252 hands `cpu` to users by default; older ones may not. */
function undelegated(missing: readonly string[]): IsolationObstacle {
  return {
    problem: `systemd does not hand the controllers ${missing.join(', ')} of control groups to this user, so nothing would limit memory, processor and processes`,
    fix: "Write '[Service]' and 'Delegate=cpu memory pids', on two lines, to /etc/systemd/system/user@.service.d/delegate.conf, run 'systemctl daemon-reload' and 'systemctl restart user@UID.service', and start the host again.",
  };
}
