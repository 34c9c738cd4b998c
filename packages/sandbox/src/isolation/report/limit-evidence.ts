import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { ControlGroup } from '../cgroups/control-group.ts';
import type { AspectEvidence } from './aspect-evidence.ts';

/** What the kernel says of the control group of a sandbox: that these processes are in it, and that its limits are as asked. */
export async function limitEvidence(
  group: ControlGroup,
  asked: SandboxLimits,
  pids: readonly number[],
): Promise<readonly AspectEvidence[]> {
  const [limits, members] = await Promise.all([
    group.readLimits().catch(() => undefined),
    group.readProcesses().catch((): readonly number[] => []),
  ]);
  const isMember = pids.every((pid) => members.includes(pid));
  const membership = {
    tried: 'control group',
    saw: isMember ? 'all processes in it' : 'not all processes in it',
  };
  const controllers = [
    ['memory', 'memory', limits?.memoryLimitMiB, asked.memoryLimitMiB, 'MiB'],
    ['cpu', 'cpu', limits?.cpuLimitCores, asked.cpuLimitCores, 'cores'],
    ['processCount', 'pids', limits?.maxProcesses, asked.maxProcesses, 'processes'],
  ] as const;
  return controllers.flatMap(([aspect, controller, limit, most, unit]): readonly AspectEvidence[] => [
    { aspect, source: 'kernel', ...membership, held: isMember },
    {
      aspect,
      source: 'kernel',
      tried: `limit of ${controller}`,
      saw: limit === undefined ? 'none' : `${limit} ${unit}`,
      held: limit !== undefined && limit <= most,
      by: group.version && `cgroup v${group.version} ${controller}`,
    },
  ]);
}
