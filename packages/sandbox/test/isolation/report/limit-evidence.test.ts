import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { ControlGroup, ControlGroupLimits } from '../../../src/isolation/cgroups/control-group.ts';
import { limitEvidence } from '../../../src/isolation/report/limit-evidence.ts';

const pids = [41, 42];
const asAsked: ControlGroupLimits = { memoryLimitMiB: 256, cpuLimitCores: 1, maxProcesses: 64 };

const unlimited: ControlGroupLimits = {
  memoryLimitMiB: undefined,
  cpuLimitCores: undefined,
  maxProcesses: undefined,
};

/** A group of version 2 with these limits and processes, as far as it is read. */
function groupWith(limits: ControlGroupLimits, members: readonly number[] = pids): ControlGroup {
  const group: Pick<ControlGroup, 'version' | 'readLimits' | 'readProcesses'> = {
    version: 2,
    readLimits: () => Promise.resolve(limits),
    readProcesses: () => Promise.resolve(members),
  };
  return group as ControlGroup; // nothing else of it is asked for
}

async function against(group: ControlGroup): Promise<readonly string[]> {
  const evidence = await limitEvidence(group, defaultSandboxLimits, pids);
  return evidence.filter(({ held }) => !held).map(({ aspect, tried, saw }) => `${aspect}: ${tried}: ${saw}`);
}

describe('what the kernel says of a control group', () => {
  it('speaks for limits that are as asked, or lower, on every process', async () => {
    expect(await against(groupWith(asAsked))).toEqual([]);
    expect(await against(groupWith({ ...asAsked, memoryLimitMiB: 64 }))).toEqual([]);
    const evidence = await limitEvidence(groupWith(asAsked), defaultSandboxLimits, pids);
    expect(evidence.flatMap(({ by }) => by ?? [])).toEqual([
      'cgroup v2 memory',
      'cgroup v2 cpu',
      'cgroup v2 pids',
    ]);
  });

  it.each<readonly [string, Partial<ControlGroupLimits>]>([
    ['memory: limit of memory: 512 MiB', { memoryLimitMiB: 512 }],
    ['memory: limit of memory: none', { memoryLimitMiB: undefined }],
    ['cpu: limit of cpu: 2 cores', { cpuLimitCores: 2 }],
    ['cpu: limit of cpu: none', { cpuLimitCores: undefined }],
    ['processCount: limit of pids: 65 processes', { maxProcesses: 65 }],
    ['processCount: limit of pids: none', { maxProcesses: undefined }],
  ])('speaks against one that is higher, or missing: %s', async (hole, limits) => {
    expect(await against(groupWith({ ...asAsked, ...limits }))).toEqual([hole]);
  });

  it('speaks against all three when a process is not in the group', async () => {
    const saw = 'control group: not all processes in it';
    expect(await against(groupWith(asAsked, [41]))).toEqual([
      `memory: ${saw}`,
      `cpu: ${saw}`,
      `processCount: ${saw}`,
    ]);
  });

  it('speaks against all of it when the group is gone, or there is none', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('ENOENT'));
    const group = { ...groupWith(asAsked), readLimits: gone, readProcesses: gone };
    expect(await against(group)).toHaveLength(6);
    expect(await against({ ...groupWith(unlimited, []), version: undefined })).toHaveLength(6);
  });
});
